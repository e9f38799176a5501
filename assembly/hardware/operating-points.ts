// Operating points: rate and voltage of a performance domain, changed in the order that the hardware needs.
// SCMI 3.2 (Arm DEN0056E), section 4.5.5 for the fast channels.

/** Looks whether an agent has written to a fast channel, and does what it says. */
export function pollFastChannels(): void {}
