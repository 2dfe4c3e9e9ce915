/** The words for the layers of the desk's map, in Chinese. */
export const layersZh = {
  layer: '地图显示',
  layers: { cases: '案卷', heat: '热力' },
  legend: (name: string) => `图例：${name}`,
  noFigure: '没有数据',
  table: '以表格查看',
  area: '区域',
  reading: '正在计算……',
};

export type LayersMessages = typeof layersZh;

/** The same in English. */
export const layersEn: LayersMessages = {
  layer: 'On the map',
  layers: { cases: 'Cases', heat: 'Heat' },
  legend: (name) => `Legend: ${name}`,
  noFigure: 'no figure',
  table: 'As a table',
  area: 'Area',
  reading: 'Counting…',
};
