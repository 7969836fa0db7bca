"""What stands on the desks of the sample company: appointments, mails, views, fields of its own,
comments, files, an import, doubles, and what people were told of lately."""

import struct
import zlib
from collections import defaultdict
from datetime import datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Account, Contact
from accounts.services import create_account, create_contact, merge_records, scan_duplicates
from accounts.views import ContactPages
from activities.models import MailTemplate
from activities.services import (
    MAILING_VERBS,
    create_mailing,
    create_meeting,
    create_template,
    people_of,
    send_batch,
    send_one,
    send_waiting_invitations,
    write_mail,
)
from crm import delivery, events, lifecycle, work
from crm.comments import add_comment
from crm.custom.services import create_field
from crm.files import add_attachment
from crm.imports import matching, running
from crm.lists.saved import pin_view, save_view
from crm.models import Event, Notification
from leads.models import Lead
from opportunities.models import OPEN_PHASES, Opportunity, Quotation
from orders.models import Order

# days from today, hour, hours long (0: the whole day), subject, place
MEETINGS = [
    (-21, 10, 2, "技术交流：加药系统选型", "客户会议室"),
    (-6, 14, 1, "报价澄清会", "腾讯会议 556 120 338"),
    (-1, 9, 1, "周例会", "苏州总部 3 楼"),
    (0, 16, 1, "项目进度电话会", "Microsoft Teams"),
    (2, 10, 2, "工厂参观与样机试车", "苏州工业园区星湖街 88 号"),
    (5, 15, 1, "Kick-off: delivery schedule", "https://meet.example.com/kick-off"),
    (9, 9, 0, "行业展会：上海国际泵阀展", "国家会展中心"),
]
# name, kind, {language: (subject, body)}
TEMPLATES = [
    (
        "节日问候 Season's greetings",
        "accounts.contact",
        {
            "zh-hans": (
                "{{ recipient.name }}，祝您节日愉快",
                "{{ recipient.name }}，您好！\n\n感谢{{ account.name }}一年来的信任。\n\n{{ me.name }}\n{{ company.name }} {{ me.phone }}",
            ),
            "zh-hant": (
                "{{ recipient.name }}，祝您佳節愉快",
                "{{ recipient.name }}，您好！\n\n感謝{{ account.name }}一年來的信任。\n\n{{ me.name }}\n{{ company.name }} {{ me.phone }}",
            ),
            "en": (
                "Season's greetings from {{ company.name }}",
                "Dear {{ recipient.name }},\n\nThank you for the trust of {{ account.name }} this year.\n\n{{ me.name }}\n{{ company.name }}",
            ),
        },
    ),
    (
        "报价跟进 Quotation follow-up",
        "opportunities.quotation",
        {
            "zh-hans": (
                "报价单 {{ quotation.number }}",
                "{{ recipient.name }}，您好！\n\n报价单 {{ quotation.number }} 有效期至 {{ quotation.valid_until }}，如有疑问请随时联系。\n\n{{ me.name }} {{ me.phone }}",
            ),
            "zh-hant": (
                "報價單 {{ quotation.number }}",
                "{{ recipient.name }}，您好！\n\n報價單 {{ quotation.number }} 有效期至 {{ quotation.valid_until }}，如有疑問請隨時聯繫。\n\n{{ me.name }} {{ me.phone }}",
            ),
            "en": (
                "Our quotation {{ quotation.number }}",
                "Dear {{ recipient.name }},\n\nQuotation {{ quotation.number }} is valid until {{ quotation.valid_until }}. Tell me if anything is open.\n\n{{ me.name }}",
            ),
        },
    ),
    (
        "发货通知 Shipping notice",
        "orders.order",
        {
            "zh-hans": (
                "订单 {{ order.number }} 已安排发货",
                "{{ recipient.name }}，您好！\n\n贵司订单 {{ order.number }} 已安排发货，合计 {{ order.total }}。\n\n{{ me.name }}",
            ),
            "zh-hant": (
                "訂單 {{ order.number }} 已安排出貨",
                "{{ recipient.name }}，您好！\n\n貴司訂單 {{ order.number }} 已安排出貨，合計 {{ order.total }}。\n\n{{ me.name }}",
            ),
            "en": (
                "Your order {{ order.number }} is on its way",
                "Dear {{ recipient.name }},\n\nYour order {{ order.number }} over {{ order.total }} is being shipped.\n\n{{ me.name }}",
            ),
        },
    ),
]
# model, code, kind, (zh-hans, en, zh-hant), further settings, values in turn
FIELDS = [
    (Account, "wechat", "text", ("企业微信号", "WeCom account", "企業微信號"), {}, ["hengrun-xm", "jiahe2020", "lt_pump"]),
    (Account, "website", "link", ("官网", "Website", "官網"), {}, ["https://www.example.com/cn", "https://www.example.org"]),
    (Opportunity, "buying", "choice", ("采购方式", "How they buy", "採購方式"), {"choices": "公开招标\n邀请招标\n询比价\n单一来源", "required_from": "quotation"}, ["公开招标", "询比价", "单一来源"]),
    (Opportunity, "medium", "choices", ("输送介质", "Media", "輸送介質"), {"choices": "清水\n污水\n酸\n碱\n浆料"}, [["清水"], ["污水", "浆料"], ["酸", "碱"]]),
    (Opportunity, "their_budget", "money", ("客户预算", "Their budget", "客戶預算"), {}, ["300000.00", "850000.00", "1200000.00"]),
    (Opportunity, "goes_live", "date", ("计划投产", "Goes live", "計畫投產"), {}, None),
    (Opportunity, "needs_fitting", "bool", ("需要安装", "Needs fitting", "需要安裝"), {}, [True, False]),
    (Lead, "flow", "number", ("流量 m³/h", "Flow m³/h", "流量 m³/h"), {}, ["45", "120.5"]),
]  # fmt: skip
# user name, model, name, query, shared, pinned by
VIEWS = [
    ("rep1", Opportunity, "我的报价阶段", "state=quotation", False, ["rep1"]),
    ("rep1", Account, "本周要拜访", "o=name", False, []),
    ("east", Opportunity, "华东在谈商机", "state=presentation", True, ["east", "rep1", "rep2"]),
    ("marketing", Lead, "待培育线索 Nurturing", "state=nurturing", True, ["marketing"]),
    ("south", Order, "待发货订单", "state=fulfilling", True, ["south"]),
]
COMMENTS = [
    "@{name} 客户希望下周看样机，麻烦一起参加。",
    "价格已是底线,@{name} 请确认付款条件能否放宽到 60 天。",
    "@{name} please have a look at the drawing before we answer.",
    "已和客户设备部确认参数，可以出正式报价。",
]
IMPORTED = "客户,姓名,职务,电话\n{account},钱思远,设备主管,13912340001\n{account},冯雨桐,采购助理,13912340002\n查无此公司有限公司,丁一鸣,经理,13912340003\n"


def live(seed):
    make_fields(seed)
    make_meetings(seed)
    make_mails(seed)
    make_views(seed)
    make_comments_and_files(seed)
    make_import(seed)
    make_doubles(seed)
    tell(seed)


def make_fields(seed):
    known = defaultdict(dict)
    for place, (model, code, kind, labels, settings, values) in enumerate(FIELDS):
        label, label_en, label_hant = labels
        with seed.at(-200):
            create_field(
                by=None,
                content_type=ContentType.objects.get_for_model(model),
                code=code,
                kind=kind,
                label=label,
                label_en=label_en,
                label_hant=label_hant,
                position=10 * (place + 1),
                **settings,
            )
        known[model][code] = values or [
            (seed.today + timedelta(days=days)).isoformat() for days in (60, 120, 240)
        ]
    for model, rows in (
        (Account, Account.objects.order_by("pk")[:6]),
        (Opportunity, Opportunity.objects.filter(state__in=OPEN_PHASES).order_by("pk")),
        (Lead, Lead.objects.filter(state="working").order_by("pk")[:6]),
    ):
        for place, record in enumerate(rows):
            found = {code: options[place % len(options)] for code, options in known[model].items()}
            with seed.at(-1):
                lifecycle.edit(record, by=record.owner, custom=found)


def make_meetings(seed):
    """Of a rep each, with the superior and, where it is about a customer, people from there."""
    accounts = [row for row in seed.accounts if row.owner in seed.reps]
    for place, (days, hour, hours, subject, where) in enumerate(MEETINGS):
        rep = seed.reps[place % 2] if days else seed.reps[0]
        account = next(row for row in accounts[place:] + accounts if row.owner == rep)
        day = seed.today + timedelta(days=days)
        start = timezone.make_aware(datetime.combine(day, time(hour)))
        when = {"starts_at": start, "ends_at": start + timedelta(hours=hours)}
        if not hours:
            when = {"starts_on": day, "ends_on": day + timedelta(days=2)}
        guests = [person.email for person in people_of(account)[:2]] if place != 2 else []
        with seed.at(min(days, 0) - 3):
            meeting = create_meeting(
                by=rep,
                target=None if place == 2 else account,
                participants=[rep.superior],
                guests="\n".join(guests),
                subject=subject,
                place=where,
                **when,
            )
            send_waiting_invitations(at=timezone.now(), meeting_id=meeting.pk)


def make_mails(seed):
    marketing = seed.people["marketing"]
    with seed.at(-40):
        for name, kind, texts in TEMPLATES:
            for language, (subject, body) in texts.items():
                create_template(
                    by=marketing,
                    name=name,
                    kind=kind,
                    language=language,
                    subject=subject,
                    body=body,
                )
    template = MailTemplate.objects.get(kind="accounts.contact", language="zh-hans")
    keys = Account.objects.filter(currency="CNY").order_by("pk").values("pk")[:12]
    with seed.at(-30):
        rows = Contact.objects.visible_to(marketing).filter(account__in=keys, is_primary=True)
        mailing = create_mailing(by=marketing, name="春节问候", template=template, rows=rows)
        mailing = MAILING_VERBS["start"].run(mailing, by=marketing)
        send_batch(mailing.pk, at=timezone.now())
    rep = seed.reps[0]
    for quotation in Quotation.objects.filter(owner=rep, state="sent").order_by("-pk")[:2]:
        with seed.at(-1):
            to = people_of(quotation)[0].email
            body = "您好！报价单已发送，请查收；如需调整付款条件请告知。"
            mail = write_mail(quotation, by=rep, to=to, subject="报价单请查收", body=body)
            send_one(mail.pk)


def make_views(seed):
    for username, model, name, query, is_shared, pins in VIEWS:
        view = save_view(
            model, by=seed.people[username], name=name, query=query, is_shared=is_shared
        )
        for person in pins:
            pin_view(view, by=seed.people[person], pinned=True)


def make_comments_and_files(seed):
    deals = Opportunity.objects.filter(state__in=OPEN_PHASES, owner__in=seed.reps).order_by("-pk")
    for place, deal in enumerate(deals[: len(COMMENTS)]):
        body = COMMENTS[place].format(name=deal.owner.superior.name)
        with seed.at(-2, 11 + place):
            add_comment(deal, body, by=deal.owner)
        name, content = (
            ("进水泵房布置图.png", drawing())
            if place % 2
            else ("技术协议.pdf", document(str(deal.pk)))
        )
        with seed.at(-3):
            add_attachment(deal, ContentFile(content, name=name), by=deal.owner)


def make_import(seed):
    """A file of contacts, of which one names a customer that nobody knows."""
    by, account = seed.people["director"], seed.accounts[0]
    with seed.at(-4):
        text = IMPORTED.format(account=account.name)
        file = ContentFile(text.encode(), name="展会名片.csv")
        found = matching.receive(ContactPages, file, by=by)
        work.do(running.start_check(found).pk)
        found.refresh_from_db()
        work.do(running.start_run(found).pk)


def make_doubles(seed):
    """A customer entered twice and left so, and another whose two entries became one."""
    first, second = seed.accounts[1:3]
    for original in (first, second):
        with seed.at(-9):
            double = create_account(
                by=original.owner,
                name=original.name.replace("有限公司", "股份有限公司"),
                region=original.region,
                industry=original.industry,
                phone=original.phone,
            )
            create_contact(by=original.owner, account=double, name="董秘书", phone=original.phone)
        if original is second:
            with seed.at(-8):
                merge_records(original, double, by=original.owner)
    with seed.at(-1, 2):
        scan_duplicates()


def tell(seed):
    """What happened in the last days is told to those it concerns, the elder of it read."""
    since = timezone.now() - timedelta(days=5)
    rows = Event.objects.filter(name__in=events.told(), at__gte=since).order_by("-pk")
    for pk in list(rows.values_list("pk", flat=True)[:80]):
        Event.objects.filter(pk=pk).update(delivered_at=None)
        delivery.deliver(pk)
    told = Notification.objects.filter(event__at__lt=timezone.now() - timedelta(days=2))
    told.update(read_at=timezone.now())


# --- Files ------------------------------------------------------------------------------------


def drawing(width=320, height=200):
    """A PNG (bytes) with a plan of lines."""
    rows = []
    for y in range(height):
        row = bytes(
            70 if x % 80 in (0, 1) or y % 50 in (0, 1) or 110 < x < 210 and 60 < y < 140 else 245
            for x in range(width)
        )
        rows.append(b"\x00" + row)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def document(number):
    """A PDF (bytes) of one page that says which agreement it is."""
    text = f"BT /F1 24 Tf 72 720 Td (Technical agreement no. {number}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    found, places = b"%PDF-1.4\n", []
    for number_of, body in enumerate(objects, start=1):
        places.append(len(found))
        found += b"%d 0 obj\n%b\nendobj\n" % (number_of, body)
    start = len(found)
    found += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    found += b"".join(b"%010d 00000 n \n" % place for place in places)
    found += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return found + b"startxref\n%d\n%%%%EOF\n" % start
