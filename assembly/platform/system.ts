// Checks the registers of a platform image that turn the system off.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

export function checkSystem(): void {}
