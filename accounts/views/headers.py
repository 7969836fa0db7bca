"""What files call a customer and a person there, see crm.imports.Importer.words."""

CUSTOMER_WORDS = (
    *("客户", "客户名称", "客户全称", "公司", "公司名称", "公司全称", "企业", "企业名称", "单位"),
    *("单位名称", "客戶", "客戶名稱", "公司名稱", "企業名稱", "單位名稱", "往來客戶"),
    *("customer", "customer name", "company", "company name", "account", "account name"),
    *("client", "client name", "organization", "organisation", "organization name"),
)
PERSON_WORDS = (
    *("姓名", "联系人", "联系人姓名", "联系人名称", "客户姓名", "聯絡人", "聯絡人姓名", "聯繫人"),
    *("contact", "contact name", "contact person", "full name", "person", "contact full name"),
)
