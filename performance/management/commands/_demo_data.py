"""Names and figures of the sample company: a maker of pumps and valves in Suzhou.

Companies and people are made up; none is meant to be a real one.
"""

TEAMS = [
    ("总部 Head office", None),
    ("华东 East China", 0),
    ("华南 South China", 0),
    ("海外 Overseas", 0),
]

# username, name, roles, team, language
PEOPLE = [
    ("admin", "系统管理员", "administrator", 0, "zh-hans"),
    ("director", "沈建国", "manager", 0, "zh-hans"),
    ("east", "顾晓雯", "manager", 1, "zh-hans"),
    ("south", "黎志强", "manager", 2, "zh-hant"),
    ("overseas", "Helen Marsh", "manager", 3, "en"),
    ("rep1", "周敏", "rep", 1, "zh-hans"),
    ("rep2", "吴昊", "rep", 1, "zh-hans"),
    ("rep3", "陈嘉怡", "rep", 2, "zh-hant"),
    ("rep4", "林伟", "rep", 2, "zh-hans"),
    ("rep5", "Tom Becker", "rep", 3, "en"),
    ("finance", "郑会计", "finance", 0, "zh-hans"),
    ("legal", "韩法务", "legal", 0, "zh-hans"),
    ("warehouse", "老孙", "warehouse", 0, "zh-hans"),
    ("service", "何服务", "service", 0, "zh-hans"),
    ("marketing", "罗市场", "marketing", 0, "zh-hans"),
    ("integrator", "ERP 接口", "integrator", 0, "zh-hans"),
]

CATEGORIES = [
    "离心泵 Centrifugal pumps",
    "计量泵 Metering pumps",
    "阀门 Valves",
    "备件 Spare parts",
    "服务 Services",
]

# code, name, category, unit, price, cost, stocked, opening stock
PRODUCTS = [
    ("CP-100", "立式离心泵 Vertical pump 5.5 kW", 0, "台", 8600, 5200, True, 140),
    ("CP-200", "卧式离心泵 Horizontal pump 11 kW", 0, "台", 15800, 9900, True, 90),
    ("CP-300", "多级离心泵 Multistage pump 22 kW", 0, "台", 32500, 20500, True, 40),
    ("MP-010", "隔膜计量泵 Diaphragm metering pump", 1, "台", 4980, 2900, True, 160),
    ("MP-020", "柱塞计量泵 Plunger metering pump", 1, "台", 12600, 7800, True, 60),
    ("VL-050", "不锈钢球阀 Ball valve DN50", 2, "只", 460, 240, True, 900),
    ("VL-100", "电动蝶阀 Electric butterfly valve DN100", 2, "只", 2380, 1360, True, 300),
    ("VL-200", "气动调节阀 Pneumatic control valve DN200", 2, "只", 9800, 6100, True, 70),
    ("SP-001", "机械密封件 Mechanical seal kit", 3, "套", 320, 120, True, 1200),
    ("SP-002", "轴承组件 Bearing set", 3, "套", 580, 260, True, 800),
    ("SV-001", "安装调试 Commissioning", 4, "天", 1800, 900, False, 0),
    ("SV-002", "年度维保 Annual maintenance", 4, "年", 6800, 3000, False, 0),
]

SOURCES = [
    "电话开发 Cold call",
    "官网 Website",
    "展会 Exhibition",
    "微信 WeChat",
    "转介绍 Referral",
    "线上研讨会 Webinar",
]
CARRIERS = ["顺丰速运", "德邦物流", "中铁快运", "DHL"]

CITIES = [
    ("江苏", "苏州"),
    ("江苏", "南京"),
    ("浙江", "杭州"),
    ("浙江", "宁波"),
    ("", "上海"),
    ("安徽", "合肥"),
    ("广东", "广州"),
    ("广东", "深圳"),
    ("广东", "佛山"),
    ("福建", "厦门"),
    ("广西", "南宁"),
    ("湖南", "长沙"),
]
NAMES = [
    "恒润",
    "嘉禾",
    "联拓",
    "博远",
    "瑞泽",
    "鼎源",
    "华越",
    "泰和",
    "信达",
    "鸿川",
    "中澜",
    "安宁",
]
TRADES = [
    ("水务", "水处理 Water treatment"),
    ("化工", "化工 Chemicals"),
    ("食品", "食品饮料 Food and beverage"),
    ("制药", "制药 Pharmaceuticals"),
    ("环保科技", "环保 Environment"),
    ("新能源", "新能源 New energy"),
]
OVERSEAS = [
    ("Nordhaven Water AS", "Norway", "Bergen"),
    ("Kestrel Process GmbH", "Germany", "Kassel"),
    ("Blue Mesa Chemicals Inc", "United States", "Reno"),
    ("Tanjung Biru Sdn Bhd", "Malaysia", "Penang"),
    ("Aqua Iberia SL", "Spain", "Murcia"),
    ("Moreton Foods Pty Ltd", "Australia", "Brisbane"),
    ("Lotus Paper Co., Ltd.", "Vietnam", "Hai Phong"),
    ("Vale Verde Alimentos Ltda", "Brazil", "Campinas"),
]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = [
    "建华",
    "丽娟",
    "志远",
    "晓峰",
    "雅琴",
    "国栋",
    "欣怡",
    "海涛",
    "文静",
    "俊杰",
    "慧敏",
    "永强",
]
FOREIGN = [
    "Ingrid Solberg",
    "Markus Reuter",
    "Dana Whitlock",
    "Aisyah Rahman",
    "Lucia Ferrer",
    "Owen Hartley",
    "Minh Tran",
    "Rafael Prado",
]
TITLES = ["采购经理", "设备部长", "总工程师", "厂长", "项目经理", "财务主管"]

NEEDS = [
    "新建污水处理站，需要进水提升泵和加药计量泵，要求 45 天内到货。",
    "老线改造，更换离心泵与配套阀门，关心能耗和噪音。",
    "二期扩建，需要成套泵阀并包安装调试。",
    "备品备件年度采购，要求分批供货。",
    "卫生级管路改造，需要不锈钢阀门和隔膜计量泵。",
]
LOST = ["价格高于竞争对手", "项目延期", "客户选择原供应商", "预算取消"]
COMPETITORS = ["格伦泵业", "南峰流体", "Kettler"]
CASES = [
    ("泵运行有异响", "repair"),
    ("到货缺一只法兰垫片", "complaint"),
    ("询问机械密封更换周期", "question"),
    ("控制阀开度反馈不准", "repair"),
    ("发票抬头需要更正", "question"),
]
TASKS = ["回访使用情况", "寄送样本", "确认付款时间", "约技术交流", "Send the datasheet"]

# name, kind, first day from today, days, budget, what it cost
CAMPAIGNS = [
    ("上海国际泵阀展", "exhibition", -300, 4, 80_000, 76_500),
    ("水处理线上研讨会", "webinar", -150, 2, 12_000, 9_800),
    ("老客户备件促销", "mailing", -40, 60, 20_000, 0),
    ("华南新能源行业拜访月", "calls", 20, 30, 30_000, 0),
    ("广州水展", "exhibition", 50, 4, 120_000, 0),
    ("明年经销商大会", "other", 100, 2, 60_000, 0),
]

# Where a deal waits today, whose team it is with, and when it began.
WAITING = [
    ("needs", "east", -5),
    ("needs", "overseas", -3),
    ("presentation", "east", -16),
    ("presentation", "south", -14),
    ("quotation draft", "east", -28),
    ("quotation in approval", "east", -28),
    ("quotation in approval", "south", -28),
    ("quotation in approval", "overseas", -28),
    ("contract draft", "south", -75),
    ("contract in review", "east", -75),
    ("contract in review", "overseas", -75),
    ("contract approved", "south", -75),
    ("contract signing", "east", -75),
    ("order received", "south", -75),
    ("order under review", "east", -75),
    ("order approved", "south", -75),
    ("order confirmed", "east", -75),
    ("order fulfilling", "overseas", -75),
    ("order fulfilling", "east", -75),
    ("order shipped", "south", -75),
    ("unpaid", "south", -150),
    ("low score", "east", -150),
    ("high score", "south", -150),
]
