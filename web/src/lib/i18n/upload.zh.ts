/** The words of the page for tables in Chinese. */
export const upload = {
  title: '导入台账',
  nav: '导入台账',
  lead: '上传 CSV 或 XLSX，先看各列读成什么，再登记。分类和单位只作对应，不会新建。',
  file: '文件',
  fileHint: 'CSV(任何常见编码)、CSV.gz 或 XLSX',
  look: '先看一看',
  looking: '正在读取……',
  mapping: '各列的含义(可修改后再看)',
  mappingHint: '自动起草，标有 LOOK HERE 处须人工确认；写法见 docs/IMPORT.md',
  summary: (taken: number, rows: number) => `${rows} 行，其中 ${taken} 行可登记`,
  take: (n: number) => `登记这 ${n} 行`,
  taking: '正在登记……',
  done: (taken: number, known: number, rejected: number) =>
    `已登记 ${taken} 行；${known} 行此前已在库；${rejected} 行未登记`,
  rejects: '不能登记的行',
  rejectsMore: (n: number) => `只列出前 ${n} 行`,
  line: '行',
  column: '列',
  found: '现为',
  why: '原因',
  wholeRow: '整行',
  missingFile: '请选择文件',
  tooLarge: '文件过大，请用命令行 yiwang import requests 导入',
};

export type UploadMessages = typeof upload;
