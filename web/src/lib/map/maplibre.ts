// Loaded only when a page shows a map. MapLibre's worker is a file of its own:
// without its address a built map never loads.
import * as maplibre from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';

maplibre.setWorkerUrl(workerUrl);

export { maplibre };
