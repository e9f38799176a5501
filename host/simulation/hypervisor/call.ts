// A command of a guest on its way through the hypervisor, and what answers it: the rows of the message table.
// SCMI 3.2 (Arm DEN0056E), section 4.1.

import type { Message } from "../../scmi/layout.ts";
import type { IdMap, ResourceKind } from "./id-map.ts";
import type { Policy } from "./policy.ts";

/**
 * What a field means to the guest: an ID of a resource, the ID of an agent, the number of the protocol's resources in bits
 * 15:0, or an address that it cannot reach and gets 0 for.
 */
export type Role = ResourceKind | "agent" | "count" | "unreachable";

/** Fields with a meaning, by their names in the message's layout. */
export type Roles = Readonly<Record<string, Role>>;

/** The reply's payload, the status first; or a status alone. */
export type Answer = Uint8Array<ArrayBuffer> | number;

/** How a message passes through the hypervisor. */
export interface Row {
	/** The fields that hold an ID or must not pass as they are; the layouts have their places. */
	readonly request?: Roles;
	readonly reply?: Roles;
	readonly delayed?: Roles;
	/** It changes the resource that its first field with a role names. */
	readonly changes?: true;
	/** The guest holds something as long as a field of its last successful request has another value than this one. */
	readonly holds?: { readonly field: string; readonly released: number };
	/** What the guest is told in place of the word behind the status, an attributes word. */
	readonly attributes?: (word: number, call: Call) => number;
	/** Answers instead of the firmware, or with more than one of its messages. */
	readonly answer?: (call: Call) => Answer;
}

/** The guest that a command comes from, as the rows see it. */
export interface Caller {
	readonly name: string;
	readonly ids: IdMap;
	readonly policy: Policy;
	/** The ID of the guest's agent in the firmware below. */
	readonly agentId: number;
	/** Longest message in bytes, header included. */
	readonly maxMessageSize: number;
	readonly vendor: string;
	readonly subVendor: string;
	readonly implementationVersion: number;
	/** Whether the hypervisor has a row for a message, so that the guest can use it. */
	serves(protocol: number, message: number): boolean;
	/** Parents of a clock that the guest sees, both by the platform's IDs: they never change. */
	readonly parents: Map<number, readonly number[]>;
	/** Makes the guest speak a version of a protocol from now on. */
	speak(protocol: number, version: number): void;
	/** The guest turns itself off or begins again. */
	stop(how: "off" | "reset", cpu: number): void;
	/** The guest's configuration in the firmware was reset. */
	forget(): void;
}

/** One command. */
export interface Call {
	readonly caller: Caller;
	readonly cpu: number;
	readonly protocol: number;
	readonly message: Message;
	readonly version: number;
	/** The request behind the header, with the guest's IDs. */
	readonly request: DataView;
	/** The resource that the request names, by the platform's ID; undefined when it names none. */
	readonly target: number | undefined;
	/** Passes the request on with the platform's IDs, and the reply back with the guest's. */
	forward(): Answer;
	/** Sends a command of the same protocol below, by the platform's IDs; the reply's payload, the status first. */
	send(message: Message, ...words: number[]): DataView<ArrayBuffer>;
}
