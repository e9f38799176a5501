// A platform's performance domains and their operating points, compiled into the image.
// The format is assembly/image.ts.

import { OperatingPoint, Performance } from "../../../assembly/image.ts";
import type { PerformanceDomain } from "../performance.ts";
import { byId, invalid, type Tables } from "./tables.ts";

export function addPerformance(tables: Tables): void {
	const domains = byId(tables.platform.performanceDomains);
	for (const [index, domain] of domains.entries()) {
		if (domain.id !== index)
			throw invalid(
				`performance domain ${domain.name}: ID ${domain.id}, expected ${index}`,
			);
		addDomain(tables, domain);
	}
}

function addDomain(tables: Tables, domain: PerformanceDomain): void {
	const by = `performance domain ${domain.name}`;
	const { points } = domain;
	const sustained = points.findIndex(({ level }) => level === domain.sustained);
	if (sustained < 0)
		throw invalid(`${by}: no operating point has level ${domain.sustained}`);
	const indexed = points.filter(({ index }) => index !== undefined).length;
	if (indexed !== 0 && indexed !== points.length)
		throw invalid(
			`${by}: ${indexed} of ${points.length} operating points have an index, expected all or none`,
		);
	const row = tables.performance.row();
	const set = (field: number, value: number) => row.u32(field, value);
	set(Performance.NAME, tables.string(domain.name, "performance domain"));
	set(Performance.CLOCK, tables.clockId(domain.clock, by));
	set(Performance.RAIL, tables.railId(domain.rail, by));
	set(Performance.POINTS, tables.operatingPoints.count);
	set(Performance.POINT_COUNT, points.length);
	set(Performance.SUSTAINED, sustained);
	set(Performance.RATE_LIMIT, domain.rateLimit);
	set(Performance.INDEXING, indexed === 0 ? 0 : 1);
	if (domain.fastChannels !== null) {
		const { agent, address, rateLimit } = domain.fastChannels;
		const owner = tables.platform.agents.indexOf(agent);
		if (owner < 0)
			throw invalid(`${by}: fast channels for ${agent}, which is no agent`);
		set(Performance.FAST, address);
		set(Performance.FAST_AGENT, owner + 1);
		set(Performance.FAST_RATE_LIMIT, rateLimit);
	}
	for (const [i, point] of points.entries()) {
		const entry = tables.operatingPoints.row();
		entry.u64(OperatingPoint.RATE, BigInt(point.rate));
		entry.i32(OperatingPoint.MICROVOLTS, point.microvolts);
		entry.u32(OperatingPoint.LEVEL, point.level);
		entry.u32(OperatingPoint.INDEX, point.index ?? i + 1);
		entry.u32(OperatingPoint.POWER, point.power);
		entry.u32(OperatingPoint.LATENCY, point.latency);
	}
}
