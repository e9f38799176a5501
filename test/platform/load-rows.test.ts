// What the engine refuses an image for: PLLs, power domains, agents, channels, services, protocols.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import {
	Agent,
	Channel,
	ChannelDirection,
	Clock,
	Domain,
	Handshake,
	Image,
	LoadError,
	Pll,
	PowerController,
	Protocol,
	Service,
	ServiceKind,
	Switch,
} from "../../assembly/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	changed,
	clock,
	count,
	engine,
	refuses,
	row,
	word,
} from "../support/image-cases.ts";
import { clockId } from "../support/imx8mm-facts.ts";

describe("PLLs", () => {
	const pll = row(Image.PLLS, Pll.SIZE, 4);
	refuses([
		[
			"a register outside",
			pll + Pll.CONTROL,
			0x3035_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"registers of a block that knows no PLLs",
			pll + Pll.CONTROL,
			0x3038_0000,
			4,
			LoadError.ADDRESS,
		],
		["dividers outside", pll + Pll.CONTROL, 0x3036_fffc, 4, LoadError.ADDRESS],
		[
			"settings outside",
			pll + Pll.RATES,
			count(Image.PLL_RATES) + 1,
			4,
			LoadError.REFERENCE,
		],
		[
			"too many settings for the table",
			pll + Pll.RATE_COUNT,
			15,
			4,
			LoadError.REFERENCE,
			pll + Pll.RATES,
		],
		["a kind other than 0 and 1", pll + Pll.FRACTIONAL, 2, 4, LoadError.RANGE],
		[
			"a lock time out of range",
			pll + Pll.LOCK_CYCLES,
			1_000_001,
			4,
			LoadError.RANGE,
		],
		[
			"another PLL's clock",
			pll + Pll.CLOCK,
			clockId("vpu_pll"),
			4,
			LoadError.REFERENCE,
			clock("gpu_pll") + Clock.TARGET,
		],
		["a clock that is none", pll + Pll.CLOCK, 258, 4, LoadError.REFERENCE],
	]);
});

describe("power", () => {
	const domain = row(Image.DOMAINS, Domain.SIZE, 1);
	const region = row(Image.SWITCHES, Switch.SIZE, 0);
	const shake = row(Image.HANDSHAKES, Handshake.SIZE, 0);
	const switches = count(Image.SWITCHES);
	const handshakes = count(Image.HANDSHAKES);
	refuses([
		[
			"the request register outside",
			Image.POWER + PowerController.UP_REQUEST,
			0,
			4,
			LoadError.ADDRESS,
		],
		[
			"the request register among the clocks' registers",
			Image.POWER + PowerController.UP_REQUEST,
			0x3038_8000,
			4,
			LoadError.ADDRESS,
		],
		[
			"the other request register there",
			Image.POWER + PowerController.DOWN_REQUEST,
			0x3038_8000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a region's control register there",
			region + Switch.CONTROL,
			0x3038_8000,
			4,
			LoadError.ADDRESS,
		],
		[
			"the mapping register outside the power controller",
			Image.POWER + PowerController.MAPPING,
			0x3038_8000,
			4,
			LoadError.ADDRESS,
		],
		[
			"the mapping register outside",
			Image.POWER + PowerController.MAPPING,
			0x303a_0001,
			4,
			LoadError.ADDRESS,
		],
		[
			"a region's control outside",
			region + Switch.CONTROL,
			0x4000_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a region's status outside",
			region + Switch.STATUS,
			0x303b_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a handshake of a region that is not",
			shake + Handshake.SWITCHES,
			1 << switches,
			4,
			LoadError.REFERENCE,
		],
		[
			"a domain with a region that is not",
			domain + Domain.SWITCHES,
			1 << switches,
			4,
			LoadError.REFERENCE,
		],
		[
			"a domain with a handshake that is not",
			domain + Domain.HANDSHAKES,
			1 << handshakes,
			4,
			LoadError.REFERENCE,
		],
		["a domain of nothing", domain + Domain.SWITCHES, 0, 4, LoadError.RANGE],
		[
			"a parent that is none",
			domain + Domain.PARENT,
			12,
			2,
			LoadError.REFERENCE,
		],
		["a domain in itself", domain + Domain.PARENT, 1, 2, LoadError.CYCLE],
		[
			"clocks outside",
			domain + Domain.CLOCKS,
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
		[
			"a clock that is none",
			row(Image.DOMAIN_CLOCKS, 2),
			15,
			2,
			LoadError.REFERENCE,
		],
		[
			"a domain's name outside",
			domain + Domain.NAME,
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
	]);
});

describe("agents, channels, services, protocols", () => {
	const channel = row(Image.CHANNELS, Channel.SIZE);
	const service = row(Image.SERVICES, Service.SIZE);
	const protocol = (i: number) => row(Image.PROTOCOLS, Protocol.SIZE, i);
	const lastService = row(
		Image.SERVICES,
		Service.SIZE,
		count(Image.SERVICES) - 1,
	);
	/** The first service of channels. */
	const channels = row(Image.SERVICES, Service.SIZE, IMX8MM.services.length);
	refuses([
		[
			"an agent's name outside",
			row(Image.AGENTS, Agent.SIZE, 1),
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
		[
			"the platform alone",
			Image.AGENTS + 4,
			1,
			4,
			LoadError.RANGE,
			Image.AGENTS,
		],
		[
			"an area outside",
			channel + Channel.AREA,
			0x0094_0000,
			4,
			LoadError.ADDRESS,
			channel,
		],
		[
			"an area across the end",
			channel + Channel.AREA,
			0x0093_fe04,
			4,
			LoadError.ADDRESS,
			channel,
		],
		[
			"an area of registers, which agents would write unnoticed",
			channel + Channel.AREA,
			0x3038_8000,
			4,
			LoadError.ADDRESS,
			channel,
		],
		[
			"a misaligned area",
			channel + Channel.AREA,
			0x0093_f002,
			4,
			LoadError.RANGE,
			channel,
		],
		[
			"an area too small for a message",
			channel + Channel.LENGTH,
			148,
			4,
			LoadError.RANGE,
			channel,
		],
		[
			"the platform as an area's agent",
			channel + Channel.AGENT,
			0,
			4,
			LoadError.REFERENCE,
		],
		[
			"an agent that is none",
			channel + Channel.AGENT,
			2,
			4,
			LoadError.REFERENCE,
		],
		[
			"exception level 1",
			service + Service.EXCEPTION_LEVEL,
			1,
			4,
			LoadError.RANGE,
		],
		[
			"exception level 4",
			service + Service.EXCEPTION_LEVEL,
			4,
			4,
			LoadError.RANGE,
		],
		[
			"an unknown kind of service",
			service + Service.KIND,
			ServiceKind.COUNT,
			4,
			LoadError.RANGE,
		],
		[
			"a doorbell of a channel for commands",
			channels + Service.KIND,
			ServiceKind.READ,
			4,
			LoadError.REFERENCE,
			channels,
		],
		[
			"commands on a channel of the platform",
			lastService + Service.KIND,
			ServiceKind.CHANNELS,
			4,
			LoadError.REFERENCE,
			lastService,
		],
		[
			"a direction that is none",
			channel + Channel.DIRECTION,
			ChannelDirection.COUNT,
			4,
			LoadError.RANGE,
		],
		[
			"results outside",
			service + Service.FIRST,
			count(Image.RESULTS),
			4,
			LoadError.REFERENCE,
		],
		[
			"no results",
			service + Service.COUNT,
			0,
			4,
			LoadError.REFERENCE,
			service + Service.FIRST,
		],
		["five results", service + Service.COUNT, 5, 4, LoadError.RANGE],
		[
			"channels outside",
			lastService + Service.FIRST,
			count(Image.CHANNELS),
			4,
			LoadError.REFERENCE,
		],
		["no base protocol", protocol(0), 0x11, 4, LoadError.PROTOCOL],
		[
			"an unknown base version",
			protocol(0) + Protocol.VERSION,
			0x30000,
			4,
			LoadError.PROTOCOL,
			protocol(0),
		],
		[
			"an unknown power version",
			protocol(1) + Protocol.VERSION,
			0x30002,
			4,
			LoadError.PROTOCOL,
			protocol(1),
		],
		[
			"an unknown clock version",
			protocol(2) + Protocol.VERSION,
			0,
			4,
			LoadError.PROTOCOL,
			protocol(2),
		],
		[
			"a protocol that the engine does not have",
			protocol(2),
			0x15,
			4,
			LoadError.PROTOCOL,
		],
		["a protocol twice", protocol(1), 0x10, 4, LoadError.PROTOCOL],
		[
			"no protocols",
			Image.PROTOCOLS + 4,
			0,
			4,
			LoadError.PROTOCOL,
			Image.PROTOCOLS,
		],
	]);

	it("the same function ID twice at one exception level is a duplicate", () => {
		const second = row(Image.SERVICES, Service.SIZE, 1);
		const image = changed(second, word(service), 4);
		expect(engine.load(image)).toEqual({
			error: LoadError.DUPLICATE,
			at: second,
		});
	});
});
