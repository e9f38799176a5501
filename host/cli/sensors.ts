// scmi-cosim sensors: the sensors after boot, with what they read.
// With --json an array of {id, name, tripPoints, readings}, each reading {name, value, unit}.

import { Command } from "commander";
import { SENSOR_UNITS } from "../scmi/sensor.ts";
import { boot } from "../simulation/boot.ts";
import {
	type BoardVerbOptions,
	openBoardOf,
	printJson,
	printTable,
	withBoardOptions,
} from "./common.ts";

export function sensorsVerb(): Command {
	return withBoardOptions(
		new Command("sensors").description("the sensors after boot"),
	).action(run);
}

async function run(options: BoardVerbOptions): Promise<void> {
	const board = openBoardOf(options);
	await boot(board);
	const { sensor } = board.agent;
	const sensors = [];
	const served = board.firmware.platform.protocols.sensor !== undefined;
	for (const description of served ? await sensor.sensors() : []) {
		const { id, name, tripPoints } = description;
		const readings = (await sensor.read(description)).map((reading) => ({
			name: reading.name,
			value: reading.scaled,
			unit: SENSOR_UNITS[reading.type] ?? `type ${reading.type}`,
		}));
		sensors.push({ id, name, tripPoints, readings });
	}
	if (options.json) {
		printJson(sensors);
		return;
	}
	printTable(
		["sensor", "id", "reading", "value", "unit", "trip points"],
		sensors.flatMap(({ id, name, tripPoints, readings }) =>
			readings.map((reading) => [
				name,
				id,
				reading.name === name ? "" : reading.name,
				reading.value,
				reading.unit,
				tripPoints,
			]),
		),
	);
}
