// A platform's performance domains and their operating points, compiled into the image.
// The format is assembly/image.ts.

import { OperatingPoint, Performance } from "../../../assembly/image.ts";
import type { PerformanceDomain } from "../performance.ts";
import { invalid, type Tables } from "./tables.ts";

export function addPerformance(tables: Tables): void {
	const domains = [...tables.platform.performanceDomains].sort(
		(a, b) => a.id - b.id,
	);
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
	const set = (field: number, value: number) =>
		row.setUint32(field, value, true);
	set(Performance.NAME, tables.string(domain.name, "performance domain"));
	set(Performance.CLOCK, tables.clockId(domain.clock, by));
	set(Performance.RAIL, railId(tables, domain.rail, by));
	set(Performance.POINTS, tables.operatingPoints.rows.length);
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
		entry.setBigUint64(OperatingPoint.RATE, BigInt(point.rate), true);
		entry.setInt32(OperatingPoint.MICROVOLTS, point.microvolts, true);
		entry.setUint32(OperatingPoint.LEVEL, point.level, true);
		entry.setUint32(OperatingPoint.INDEX, point.index ?? i + 1, true);
		entry.setUint32(OperatingPoint.POWER, point.power, true);
		entry.setUint32(OperatingPoint.LATENCY, point.latency, true);
	}
}

function railId(tables: Tables, name: string, by: string): number {
	const rail = tables.platform.rails.find((row) => row.name === name);
	if (rail === undefined) throw invalid(`${by}: there is no rail ${name}`);
	return rail.id;
}
