/** The whole playground as one file, which the build puts beside the page. */

export const OFFLINE = "simdgrad-playground.html";
