// Debian has no d3-geo-projection. Vega needs it for one projection of maps, of which there are none here.
export const geoMollweide = null;
