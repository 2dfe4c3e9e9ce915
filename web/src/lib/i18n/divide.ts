/** The words for charts and map layers of the desk, in Chinese. */
export const divideZh = {
  title: '分布',
  by: { category: '按分类', area: '按区域', hour: '近 24 小时来件' },
  none: '没有符合条件的案卷',
  noCode: '未定',
  bar: (name: string, n: number, late: number) =>
    `${name}：${n} 件${late ? `，逾期 ${late} 件` : ''}`,
  all: (n: number) => `其余 ${n} 类`,
  hours: (from: string, until: string) => `${from} 至 ${until}`,
  within: '地图范围内',
  cameIn: (span: string) => `来件 ${span}`,
  mark: '框选',
  marking: '在地图上拖出一个范围，Esc 取消',
  markView: '选当前画面',
  markShort: '框选',
  markViewShort: '选当前画面',
  layer: '地图显示',
  layers: {
    cases: '案卷',
    heat: '热力',
    total: '各区域件数',
    open: '各区域在办',
    late: '各区域逾期',
  },
  legend: (name: string) => `图例：${name}`,
  noFigure: '没有数据',
  table: '以表格查看',
  area: '区域',
  reading: '正在计算……',
};

export type DivideMessages = typeof divideZh;

/** The same in English. */
export const divideEn: DivideMessages = {
  title: 'Distribution',
  by: { category: 'By category', area: 'By area', hour: 'Came in, last 24 hours' },
  none: 'No case meets these filters',
  noCode: 'None yet',
  bar: (name, n, late) => `${name}: ${n}${late ? `, ${late} late` : ''}`,
  all: (n) => `${n} more`,
  hours: (from, until) => `${from} to ${until}`,
  within: 'Within the map area',
  cameIn: (span) => `Came in ${span}`,
  mark: 'Draw an area',
  marking: 'Drag over the map to mark an area; Esc cancels',
  markView: 'Take this view',
  markShort: 'Draw',
  markViewShort: 'This view',
  layer: 'On the map',
  layers: {
    cases: 'Cases',
    heat: 'Heat',
    total: 'Cases by area',
    open: 'Open by area',
    late: 'Late by area',
  },
  legend: (name) => `Legend: ${name}`,
  noFigure: 'no figure',
  table: 'As a table',
  area: 'Area',
  reading: 'Counting…',
};
