/** The words for saved views of the desk, in Chinese. */
export const savedZh = {
  title: '保存的视图',
  open: '视图',
  none: '还没有保存的视图。先筛选，再起个名字保存。',
  name: '名称',
  save: '保存当前筛选',
  missing: '请填写视图名称',
  replaces: '同名视图会被当前筛选替换',
  share: '同岗共享',
  shareNote: '共享后，同一角色（单位人员为同一单位）的人也能看到。',
  rename: '改名',
  up: (name: string) => `“${name}”上移`,
  remove: (name: string) => `删除“${name}”`,
  nameOf: (name: string) => `“${name}”的新名称`,
  shared: '同岗共享的视图',
  by: (who: string) => `${who} 共享`,
  removed: (name: string) => `已删除“${name}”`,
  undo: '撤销',
};

export type SavedMessages = typeof savedZh;

/** The same in English. */
export const savedEn: SavedMessages = {
  title: 'Saved views',
  open: 'Views',
  none: 'No saved views yet. Set filters, then save them under a name.',
  name: 'Name',
  save: 'Save these filters',
  missing: 'Enter a name for the view',
  replaces: 'The view of this name will hold these filters instead',
  share: 'Shared',
  shareNote: 'Those of the same role (for units: of the same unit) see what is shared.',
  rename: 'Rename',
  up: (name) => `Move “${name}” up`,
  remove: (name) => `Delete “${name}”`,
  nameOf: (name) => `New name of “${name}”`,
  shared: 'Shared by others of your role',
  by: (who) => `by ${who}`,
  removed: (name) => `“${name}” was deleted`,
  undo: 'Undo',
};
