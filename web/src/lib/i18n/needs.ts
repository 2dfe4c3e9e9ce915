/** The words of the baseline of needs in Chinese. */
export const needsZh = {
  title: '群众需求底数',
  lead: '各区域平时向城市提什么、最近提得是多是少。平时为过去一年每四周的平均件数，最近为刚过去的四周。',
  link: '群众需求底数：各区域平时提什么',
  area: '区域',
  category: '类别',
  anyArea: '所有区域',
  anyCategory: '所有类别',
  order: '排序',
  orders: { usual: '平时最多', recent: '最近最多', rise: '升得最多' },
  usual: '平时每四周',
  recent: '最近四周',
  trend: '变化',
  trends: { more: '多于平时', less: '少于平时', usual: '与平时相当' },
  trendHint:
    '按泊松分布，超出平时件数两倍标准差（平时件数的平方根）才算多或少；四周不足 5 件的不判断。',
  span: (from: string, until: string) => `${from} 至 ${until}`,
  open: (area: string, category: string) => `${area}最近四周的${category}案卷`,
  most: '只列出平时最多的 200 项；选区域或类别可看其余。',
  empty: '过去一年没有可统计的案卷',
  emptySays: '有案卷受理满一周后，这里列出每个区域平时提什么；筛选条件过窄时也会没有内容。',
  chart: (n: number) =>
    n === 1 ? '最近四周与平时相比，明显上升的一项' : `最近四周与平时相比，升得最多的 ${n} 项`,
};

export type NeedsMessages = typeof needsZh;

/** The same in English. A missing one does not compile. */
export const needsEn: NeedsMessages = {
  title: 'What areas ask for',
  lead: 'What each area usually asks of the city, and whether it asks for more or less now. Usual is the average of four weeks over the past year; recent are the four weeks just past.',
  link: 'What each area usually asks for',
  area: 'Area',
  category: 'Category',
  anyArea: 'All areas',
  anyCategory: 'All categories',
  order: 'Order',
  orders: { usual: 'Most usual first', recent: 'Most recent first', rise: 'What rises most first' },
  usual: 'Usual in four weeks',
  recent: 'Last four weeks',
  trend: 'Change',
  trends: { more: 'more than usual', less: 'less than usual', usual: 'as usual' },
  trendHint:
    'More or less means beyond two standard deviations of a Poisson count (the square root of what is usual). Fewer than 5 in four weeks are not judged.',
  span: (from, until) => `${from} to ${until}`,
  open: (area, category) => `Cases of ${category} in ${area}, last four weeks`,
  most: 'Only the 200 most usual are listed; choose an area or category to see others.',
  empty: 'Nothing to count in the past year',
  emptySays:
    'A week after the first cases came in, what each area usually asks for is listed here. Narrow filters can leave nothing too.',
  chart: (n) =>
    n === 1
      ? 'The one that rises against what is usual'
      : `The ${n} that rise most against what is usual`,
};
