"""What the records of benchmarks.data are called and made of, in Chinese and in Latin letters."""

CITIES = {
    "上海": "Shanghai", "北京": "Beijing", "深圳": "Shenzhen", "广州": "Guangzhou",
    "杭州": "Hangzhou", "苏州": "Suzhou", "南京": "Nanjing", "重庆": "Chongqing",
    "成都": "Chengdu", "武汉": "Wuhan", "西安": "Xi'an", "厦门": "Xiamen",
    "长沙": "Changsha", "青岛": "Qingdao", "宁波": "Ningbo", "天津": "Tianjin",
    "无锡": "Wuxi", "合肥": "Hefei",
}  # fmt: skip
FIRST = "云恒泰嘉联宏瑞东华安金海天远新科博凯盛德信诚达通利荣鑫润丰景明智创合众"
SECOND = "栖润和禾拓达宁泽源信辉腾翔宇威峰川洋林石磊图纳维尔曼特思奇美佳优锐捷"
TRADES = {
    "科技": "Technology", "机械": "Machinery", "食品": "Foods", "环保科技": "Environment",
    "新能源": "New Energy", "化工": "Chemicals", "电子": "Electronics", "医疗器械": "Medical",
    "自动化设备": "Automation", "软件": "Software", "物流": "Logistics", "建材": "Materials",
    "纺织": "Textiles", "贸易": "Trading",
}  # fmt: skip
FORMS = ["有限公司"] * 8 + ["股份有限公司", "（集团）有限公司"]
LATIN = (
    "Harbour",
    "Moreton",
    "Alpine",
    "Nordic",
    "Pacific",
    "Summit",
    "Sterling",
    "Beacon",
    "Cedar",
    "Falcon",
    "Granite",
    "Orion",
)
THINGS = (
    "Pumps",
    "Foods",
    "Valves",
    "Systems",
    "Controls",
    "Motors",
    "Filters",
    "Paper",
    "Textiles",
    "Robotics",
    "Optics",
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂文辉玲建国华"
TITLES = ("采购经理", "技术总监", "总经理", "Buyer", "Engineer", "财务主管")
NEEDS = ("生产线改造", "年度框架", "备件供应", "新厂项目", "Line upgrade", "Spare parts", "Pilot")
AREAS = ("East", "North", "South", "West", "Central", "Overseas")
MOBILE = (130, 135, 138, 139, 150, 158, 186, 188, 189)
CLASSES = (
    ("A", "Strategic", 30),
    ("B", "Important", 60),
    ("C", "Normal", 120),
    ("D", "Small", None),
)
MONEY = {"CNY": 1, "USD": 7.1, "EUR": 7.8}
SUBJECTS = [
    "Call about delivery",
    "拜访客户",
    "Sent price list",
    "技术交流",
    "Weekly call",
    "微信沟通",
]
KINDS = ["call", "visit", "mail", "meeting", "note", "chat"]
