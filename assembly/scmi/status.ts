// Status codes of SCMI replies.
// SCMI 3.2 (Arm DEN0056E), section 4.1.4.

export const enum Status {
	SUCCESS = 0,
	NOT_SUPPORTED = -1,
	INVALID_PARAMETERS = -2,
	DENIED = -3,
	NOT_FOUND = -4,
	OUT_OF_RANGE = -5,
	BUSY = -6,
	COMMS_ERROR = -7,
	GENERIC_ERROR = -8,
	HARDWARE_ERROR = -9,
	PROTOCOL_ERROR = -10,
	IN_USE = -11,
}
