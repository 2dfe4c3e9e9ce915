/** Names of the sorts of units, in both languages. */
export const unitKinds = {
  zh: {
    department: '委办局',
    street: '街道',
    utility: '公服企业',
    district: '区级单位',
    community: '社区',
  },
  en: {
    department: 'department',
    street: 'street office',
    utility: 'public utility',
    district: 'district',
    community: 'community',
  },
};
