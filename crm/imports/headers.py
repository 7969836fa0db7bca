"""What other systems and people call the columns of a file, beside the labels of the fields.

Words of fields that kinds have in common; each kind adds its own, see Importer.words.
"""

# By the name of the field, whatever the kind.
COMMON = {
    "external_key": ("外部编码", "系统编号", "原系统编号", "外部代碼", "系統編號", "record id"),
    "phone": (
        *(
            "联系电话",
            "电话号码",
            "固定电话",
            "座机",
            "办公电话",
            "聯絡電話",
            "電話號碼",
            "公司电话",
        ),
        *("市話", "tel", "telephone", "phone number", "business phone", "work phone"),
    ),
    "email": (
        *("邮箱", "电子邮箱", "电子邮件", "邮箱地址", "邮件地址", "電子郵件", "電子信箱", "信箱"),
        *("e-mail", "mail", "email address"),
    ),
    "wechat": ("微信号", "微信號", "weixin", "wechat id"),
    "title": ("职务", "职位", "岗位", "職稱", "職務", "职称", "position", "title"),
    "website": ("网址", "官网", "公司网址", "網址", "官網", "url", "web", "homepage", "domain"),
    "industry": ("所属行业", "行业类别", "產業", "所屬行業", "sector"),
    "region": ("区域", "所属区域", "所在地区", "大区", "區域", "area", "territory"),
    "street": ("地址", "详细地址", "公司地址", "联系地址", "通讯地址", "通訊地址", "address"),
    "city": ("所在城市", "城市"),
    "province": ("省", "省份", "所在省份", "state or province"),
    "postcode": ("邮编", "邮政编码", "郵遞區號", "zip", "zip code", "postal code"),
    "credit_code": ("信用代码", "统一信用代码", "社会信用代码", "社会统一信用代码", "uscc"),
    "tax_number": (
        *("税号", "纳税人识别号", "税务登记号", "統一編號", "統編", "稅號"),
        *("vat", "vat number", "tax id", "tax no"),
    ),
    "bank": ("开户行", "开户银行", "銀行", "bank name"),
    "bank_account": ("银行账号", "账号", "帐号", "銀行帳號", "account number", "bank account no"),
    "owner": (
        *("负责人", "客户负责人", "销售", "销售员", "销售代表", "业务员", "跟进人", "負責人"),
        *("業務", "業務員", "sales rep", "salesperson", "sales agent", "assigned to"),
    ),
    "description": (
        "描述",
        "说明",
        "備註",
        "備注",
        "附注",
        "remark",
        "remarks",
        "note",
        "comments",
    ),
    "notes": ("描述", "说明", "附注", "remark", "remarks", "note", "comments"),
    "employees": ("人数", "员工数", "公司规模", "員工數", "人數", "headcount", "company size"),
    "annual_revenue": ("营业额", "年收入", "年营收", "營業額", "年營收", "revenue", "turnover"),
    "founded": ("成立时间", "成立日期", "成立時間", "year established", "year founded"),
    "source": ("来源", "来源渠道", "客户来源", "來源", "lead source", "source"),
    "currency": ("币别", "货币", "幣別", "currency code"),
    "campaign": ("市场活动", "行銷活動", "marketing campaign"),
}
# What belongs to the person, when a row has one.
PERSONAL = {
    "phone": (
        *("手机", "手机号", "手机号码", "移动电话", "手機", "手機號碼", "行動電話", "联系人手机"),
        *("mobile", "mobile phone", "mobile number", "cell", "cell phone"),
    ),
}
