/** The words of suggestions and of usual times in Chinese. */
export const suggestZh = {
  title: '建议分类',
  sure: (percent: string) => `把握 ${percent}`,
  because: '依据：',
  take: (name: string) => `采用“${name}”`,
  keys: '按 1、2、3 采用',
  byModel: (model: string) => `由模型 ${model} 依本市已结案卷得出`,
  heldBack: '人机协同计时试验进行中，本案卷属对照组，不显示建议',
  byName: '已结案卷还少，按分类名称比对得出',
  forResident: '这是不是您要说的事？',
  usually: (by: string) => `类似的事一般在 ${by} 前办好`,
  usual: '一般用时',
  usuallyHalf: (half: string, by: string) => `类似案卷半数在 ${half} 前办结，九成在 ${by} 前办结`,
  like: (n: number) => `据 ${n} 件同类案卷`,
};

export type SuggestMessages = typeof suggestZh;
