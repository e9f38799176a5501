// Checks the performance domains of a platform image and their operating points.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

export function checkPerformance(): void {}
