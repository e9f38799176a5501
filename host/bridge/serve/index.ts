// The engine on sockets, as a library: `scmi-cosim/serve`.
// The protocol is docs/serve.md.

export {
	ANSWER,
	Frame,
	Hello,
	Kind,
	MAX_FRAME,
	PROTOCOL_VERSION,
	Push,
	ServeError,
	StopReason,
	Trap,
	Welcome,
} from "./protocol.ts";
export { type ScmiServer, type ServeOptions, serve } from "./server.ts";
