//! Words that names of columns and their values are made of.

use super::Role;
use yiwang_cases::Channel;

/// Names of columns by what they hold: whole names first, then parts of names.
/// Small letters; what separates words in a name counts as a space.
pub(super) const NAMES: &[(Role, &[&str], &[&str])] = &[
    (
        Role::Id,
        &[
            "id",
            "case enquiry id",
            "case id",
            "unique key",
            "request id",
            "service request id",
            "ticket",
            "ticket id",
            "case number",
            "sr number",
            "编号",
            "工单编号",
            "工单号",
            "案卷号",
            "受理编号",
            "留言编号",
            "诉求编号",
            "流水号",
            "序号",
        ],
        &["编号", "单号", "案号", "number", " id"],
    ),
    (
        Role::Submitted,
        &[
            "open dt",
            "opened",
            "created date",
            "created",
            "requested datetime",
            "submitted",
            "submitted at",
            "date",
            "datetime",
            "上报时间",
            "受理时间",
            "来电时间",
            "留言时间",
            "登记时间",
            "诉求时间",
            "提交时间",
            "创建时间",
            "反映时间",
            "时间",
            "日期",
        ],
        &[
            "open",
            "creat",
            "submit",
            "request",
            "receiv",
            "来电",
            "上报",
            "受理时",
            "留言时",
            "登记",
        ],
    ),
    (
        Role::Dispatched,
        &[
            "dispatched",
            "dispatch dt",
            "assigned",
            "派单时间",
            "交办时间",
            "转办时间",
            "派遣时间",
        ],
        &["dispatch", "assign", "派单", "交办", "转办", "派遣"],
    ),
    (
        Role::Target,
        &[
            "target dt",
            "sla target dt",
            "due date",
            "due",
            "expected datetime",
            "截止时间",
            "办理时限",
        ],
        &[
            "target", "due", "deadline", "expected", "截止", "时限", "应办",
        ],
    ),
    (
        Role::Closed,
        &[
            "closed dt",
            "closed date",
            "closed",
            "resolved",
            "completed",
            "办结时间",
            "结案时间",
            "完成时间",
            "办理完成时间",
            "答复时间",
        ],
        &[
            "closed",
            "resolved",
            "complet",
            "办结时",
            "结案时",
            "完成时",
            "答复时",
        ],
    ),
    (
        Role::Reason,
        &[
            "closure reason",
            "resolution",
            "resolution description",
            "办理结果",
            "处理结果",
            "答复意见",
            "答复内容",
            "回复内容",
            "办结意见",
        ],
        &[
            "closure",
            "resolution desc",
            "处理结果",
            "办理结果",
            "答复",
            "回复",
        ],
    ),
    (
        Role::Title,
        &[
            "case title",
            "title",
            "summary",
            "主题",
            "标题",
            "留言主题",
            "诉求标题",
        ],
        &["title", "主题", "标题"],
    ),
    (
        Role::Words,
        &[
            "description",
            "details",
            "complaint",
            "comments",
            "内容",
            "详情",
            "留言详情",
            "诉求内容",
            "问题描述",
            "反映内容",
            "工单内容",
        ],
        &["descri", "detail", "content", "内容", "详情", "描述"],
    ),
    (
        Role::Category,
        &[
            "type",
            "category",
            "complaint type",
            "service name",
            "service code",
            "request type",
            "分类",
            "类别",
            "类型",
            "诉求类型",
            "诉求分类",
            "问题类型",
            "三级分类",
            "小类",
            "一级标签",
            "标签",
        ],
        &["category", "type", "分类", "类别", "类型", "标签", "小类"],
    ),
    (
        Role::Group,
        &[
            "reason",
            "group",
            "category group",
            "大类",
            "一级分类",
            "主类",
        ],
        &["group", "大类", "一级"],
    ),
    (
        Role::Unit,
        &[
            "department",
            "agency",
            "agency responsible",
            "unit",
            "承办单位",
            "责任单位",
            "办理单位",
            "主办单位",
            "处置部门",
            "责任部门",
            "承办部门",
        ],
        &["department", "agency", "承办", "责任单位", "主办", "部门"],
    ),
    (
        Role::Area,
        &[
            "neighborhood",
            "neighbourhood",
            "district",
            "borough",
            "ward",
            "area",
            "区域",
            "区县",
            "街道",
            "社区",
            "所属区",
            "所属街道",
            "所属区域",
        ],
        &[
            "neighborhood",
            "district",
            "borough",
            "区域",
            "街道",
            "社区",
            "区县",
        ],
    ),
    (
        Role::Address,
        &[
            "location",
            "address",
            "incident address",
            "street address",
            "地址",
            "地点",
            "位置",
            "详细地址",
            "事发地址",
            "案发地点",
        ],
        &["address", "地址", "地点"],
    ),
    (
        Role::Lon,
        &["longitude", "long", "lon", "lng", "x", "经度"],
        &["longitude", "经度"],
    ),
    (
        Role::Lat,
        &["latitude", "lat", "y", "纬度"],
        &["latitude", "纬度"],
    ),
    (
        Role::Point,
        &["坐标", "经纬度", "coordinates", "lon lat"],
        &["坐标", "经纬度"],
    ),
    (
        Role::Channel,
        &[
            "source",
            "channel",
            "open data channel type",
            "渠道",
            "来源",
            "诉求渠道",
            "受理渠道",
            "受理方式",
        ],
        &["channel", "渠道", "来源", "受理方式"],
    ),
    (
        Role::Name,
        &[
            "name",
            "reporter",
            "caller",
            "contact name",
            "姓名",
            "诉求人",
            "来电人",
            "联系人",
            "反映人",
            "市民姓名",
            "留言用户",
        ],
        &["姓名", "诉求人", "来电人", "联系人", "反映人", "用户"],
    ),
    (
        Role::Phone,
        &[
            "phone",
            "telephone",
            "mobile",
            "phone number",
            "电话",
            "手机",
            "手机号",
            "联系电话",
            "来电号码",
        ],
        &["phone", "mobile", "电话", "手机", "号码"],
    ),
    (
        Role::Solved,
        &["solved", "是否解决", "解决情况", "是否已解决"],
        &["是否解决", "解决情况"],
    ),
    (
        Role::Satisfaction,
        &["satisfaction", "rating", "满意度", "满意情况", "是否满意"],
        &["satisf", "满意"],
    ),
];

/// Channels by what sources call them.
pub(super) const CHANNELS: &[(Channel, &[&str])] = &[
    (
        Channel::Hotline,
        &["call", "phone", "hotline", "电话", "热线", "12345"],
    ),
    (Channel::MiniProgram, &["mini program", "小程序", "微信"]),
    (
        Channel::GridWorker,
        &["city worker", "网格员", "巡查", "采集"],
    ),
    (Channel::App, &["app", "mobile", "客户端", "随手拍"]),
    (
        Channel::Web,
        &[
            "web",
            "online",
            "self service",
            "网站",
            "网页",
            "网上",
            "留言板",
        ],
    ),
    (
        Channel::Counter,
        &["walk", "counter", "employee", "窗口", "来访", "信访"],
    ),
];

/// Whether it is solved.
pub(super) const YES: &[&str] = &["yes", "y", "true", "1", "是", "已解决", "解决"];
/// And not.
pub(super) const NO: &[&str] = &["no", "n", "false", "0", "否", "未解决", "没有解决"];
/// How satisfied, from 1 to 5.
pub(super) const SATISFIED: &[(&str, u8)] = &[
    ("非常不满意", 1),
    ("很不满意", 1),
    ("不满意", 2),
    ("一般", 3),
    ("基本满意", 4),
    ("满意", 4),
    ("比较满意", 4),
    ("非常满意", 5),
    ("很满意", 5),
];

/// The channel that a source's word seems to be.
pub(super) fn channel(value: &str) -> Option<Channel> {
    let value = value.to_lowercase();
    let found = CHANNELS
        .iter()
        .find(|(_, words)| words.iter().any(|word| value.contains(word)));
    found.map(|(channel, _)| *channel)
}

/// How well a column's name fits a role, per hundred.
pub(super) fn fit(role: Role, name: &str) -> u32 {
    let name: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((_, whole, parts)) = NAMES.iter().find(|(own, _, _)| *own == role) else {
        return 0;
    };
    if whole.contains(&name.as_str()) {
        100
    } else if parts.iter().any(|part| name.contains(part)) {
        60
    } else {
        0
    }
}
