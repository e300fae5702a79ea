// Debian has no d3-delaunay. Vega needs it for Voronoi diagrams only, of which there are none here.
export class Delaunay {}
