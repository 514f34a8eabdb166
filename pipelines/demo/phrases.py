"""What is said in the demo company's chats: everyday talk, planted misconduct, and honest talk that looks like it.

Belongs here: Chinese (and a little English) lines with {slots}, and for each scripted line the rules that it breaks.
Does not belong here: anything copied from a detector's term list. The lines are written from how shop staff and their
customers talk, so that finding them is a test and not an echo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

OPEN_CUSTOMER = (
    "在吗", "你好，有人吗", "您好，想咨询一下", "老板在不在", "你好，我想问个问题", "亲，在吗？", "客服在吗",
    "hi 在线吗",
    "麻烦问一下", "你们家还有人值班吗", "早上好呀", "请问一下", "有人能帮忙看下吗", "打扰了，问个事",
)  # fmt: skip
OPEN_AGENT = (
    "您好，很高兴为您服务，请问有什么可以帮您？", "在的亲，请讲~", "您好，我是您的专属客服，请问需要了解哪款？",
    "亲，在呢，您说", "您好呀，欢迎光临", "在的，让您久等了", "您好，请问有什么能帮到您", "亲亲在的，您请说哦",
    "您好，这边是售后专线，请问遇到什么问题了", "你好，请稍等，马上为您查看",
)  # fmt: skip
CLOSE_CUSTOMER = (
    "好的谢谢", "知道了，谢谢啦", "行，那我等等看", "OK", "明白了", "辛苦了", "好嘞", "那先这样", "嗯嗯好的",
    "可以，麻烦你了",
    "谢谢，你服务真好", "好，回头再联系",
)  # fmt: skip
CLOSE_AGENT = (
    "不客气，祝您生活愉快", "好的，有问题随时找我们哦", "感谢您的支持，再见~", "不用谢，这是我们应该做的",
    "祝您生意兴隆",
    "好的亲，麻烦有空给个评价哦", "谢谢理解，期待下次光临", "好的，记得收藏店铺关注上新哦", "嗯嗯，祝您天天开心",
)  # fmt: skip
SYSTEM_LINES = (
    "会话已结束，请对本次服务作出评价", "系统消息：客户长时间未回复，会话已关闭", "本次会话已由系统归档",
)  # fmt: skip

# Questions and their answers, by topic.
TOPICS: dict[str, tuple[tuple[str, str], ...]] = {
    "presale": (
        ("这款{p}有{s}吗", "{s}目前有货的，{col}和黑色都可以拍"),
        ("{p}是什么面料", "这款面料成分吊牌上有标注，含棉{num}%，比较透气"),
        ("165身高{num}斤穿什么码", "按您的身高体重建议{s}，喜欢宽松可以大一码"),
        ("会不会起球啊", "这批面料做过抗起球处理，正常穿着没问题的"),
        ("能机洗吗", "建议手洗或者装洗衣袋轻柔机洗，不要暴晒"),
        ("{col}实物色差大吗", "不同显示器会有一点点色差，{col}实物会更沉稳一些"),
        ("{p}还会降价吗", "价格以页面为准，活动时间由公司统一安排，我这边没有权限改价"),
        ("模特穿的是什么码", "模特身高172，穿的是M码，可以参考一下尺码表"),
        ("这件掉色吗", "深色第一次洗会有轻微浮色，单独洗就可以"),
        ("有没有搭配推荐", "可以搭配同系列的半身裙，很多顾客一起带走的"),
        ("是今年的新款吗", "是的，这款是当季新款，上架第{d}天"),
        ("袖长多少", "{s}袖长58公分左右，平铺测量有1到2公分误差"),
        ("里面有内衬吗", "有的，内里是一层薄内衬，不透的"),
        ("{p}适合五十岁的妈妈穿吗", "适合的，版型宽松显瘦，很多顾客买给妈妈"),
    ),
    "wholesale": (
        ("{p}拿{num}件什么价", "批发价按合同约定的价格走，数量大需要业务员提交申请"),
        ("订货会什么时候开", "下一季订货会预计{d}天后，邀请函会统一寄出"),
        ("上次的货什么时候补", "补货单已经排产，预计{d}天入库"),
        ("起订量多少", "同款同色{num}件起订，可以混码"),
        ("{col}还能追单吗", "{col}这批面料还有库存，可以追单，交期大概{d}天"),
        ("可以铺货吗", "铺货政策要看您的客户等级，我请业务同事给您回复"),
        ("发票能月底一起开吗", "可以的，每月{d}号之前统一开票"),
        ("吊牌价是多少", "吊牌价以价格表为准，稍后把最新价格表发到您登记的邮箱"),
        ("陈列图有没有", "有的，后台资料区可以下载{p}的陈列图"),
        ("退换比例怎么算", "按照合同，当季可以退换一成，需要保持吊牌完整"),
        ("{city}还有代理名额吗", "{city}目前还有一个名额，我登记一下，区域经理会评估"),
        ("尺码能不能换一批", "可以换码，您先把要换的数量列出来，我登记换货单"),
    ),
    "shipping": (
        ("什么时候发货", "现货当天下午四点前付款当天发，其余次日发出"),
        ("发什么快递", "默认发{co}，偏远地区会安排其他快递"),
        ("到{city}要几天", "到{city}正常{d}天左右"),
        ("物流怎么不动了", "我帮您催一下{co}，预计今天会更新"),
        ("快递停在{city}好几天了", "受{w}影响，{city}中转站有积压，已经加急处理"),
        ("可以改地址吗", "还没出库可以改，请您在订单页面提交修改申请"),
        ("能不能送货上门", "可以的，已经备注送货上门，请保持电话畅通"),
        ("少发了一件", "我这边核实一下仓库监控，{d}小时内给您答复"),
        ("包裹破损了", "非常抱歉，请拍照上传，我们马上登记补发"),
        ("能不能分两次发", "可以的，先发现货，预售的那件到货后再发"),
        ("{w}天会不会晚到", "这几天{w}，可能会晚一两天，请您谅解"),
        ("签收显示不是本人", "我联系{co}网点核实一下，稍后回复您"),
    ),
    "refund": (
        ("怎么退货", "您在订单里点申请售后，选退货退款就可以"),
        ("退款什么时候到账", "仓库签收后{d}个工作日内原路退回"),
        ("运费谁出", "质量问题我们承担运费，七天无理由的话需要您先垫付，有运费险会赔"),
        ("想换成{s}", "可以换，先寄回来，我们收到后给您发{s}"),
        ("吊牌剪了还能退吗", "吊牌剪掉会影响二次销售，一般不支持无理由退货，我帮您问问主管"),
        ("退款金额不对", "我核对一下，优惠部分会按比例分摊，实退金额是{num}元"),
        ("退回的快递你们收到了吗", "仓库已经签收，正在质检，预计{d}小时内审核"),
        ("申请被拒绝了", "麻烦补充一下照片，重新提交后我帮您跟进"),
        ("可以只退一件吗", "可以的，选择部分退款，勾选要退的那件就行"),
        ("超过七天了还能退吗", "超过七天如果是质量问题还可以处理，请拍一下瑕疵部位"),
    ),
    "complaint": (
        ("衣服开线了", "非常抱歉给您带来不便，请拍照给我看看，马上给您处理"),
        ("质量太差了", "实在抱歉，我登记反馈给品控，您看换新还是退款呢"),
        ("跟图片完全不一样", "抱歉让您失望了，可能是光线的原因，支持七天无理由退换"),
        ("上一个客服态度很差", "对不起，我会把情况反馈给主管核实，后续由我跟进到底"),
        ("等了三天没人理", "抱歉，活动期间咨询量大，您的问题我现在马上处理"),
        ("我要投诉", "理解您的心情，我先记录详细情况，主管会在{d}小时内联系您"),
        ("有股味道", "新衣服会有一点浆料味，通风晾一天就好，介意的话可以退"),
        ("扣子掉了一颗", "吊牌袋里有备用扣，没有的话我给您补寄"),
        ("洗一次就缩水了", "麻烦您提供洗涤方式和照片，我们申请售后鉴定"),
        ("发错颜色了", "非常抱歉发错了，{col}的给您补发，错发的那件安排上门取件"),
    ),
    "invoice": (
        ("能开专票吗", "可以的，请提供抬头和税号，{d}个工作日开出"),
        ("发票抬头写错了", "可以重开，请先把原票退回作废"),
        ("发票怎么还没收到", "电子发票已发到您登记的邮箱，请查收"),
        ("对账单发我一份", "好的，本月对账单稍后发到您预留的邮箱"),
        ("税率多少", "一般纳税人开票税点是13个点"),
        ("这个月账期到几号", "账期是月结三十天，到期日以合同为准"),
    ),
    "promotion": (
        ("现在有什么活动", "目前全场满三件九五折，活动到本月{d}号"),
        ("会员有优惠吗", "会员积分可以抵扣，{num}积分抵一元"),
        ("老客户有没有折扣", "老客户折扣需要公司审批，我没有权限直接给您"),
        ("双十一价格会更低吗", "大促价格以当天页面为准，可以先加购"),
        ("满减能叠加吗", "满减和会员价可以叠加，和秒杀价不能叠加"),
        ("{p}参加活动吗", "{p}这次不参加，是当季新品"),
        ("过季的款还有吗", "过季款在特卖专区，以商品部公布的清单为准"),
    ),
}

AGENT_PREFIXES = ("", "", "", "亲，", "您好，", "亲亲，", "好的，", "嗯嗯，")
AGENT_SUFFIXES = ("", "", "", "哦", "呢", "~", "，请放心", "，谢谢理解", "😊")

AGENT, CUSTOMER, SYSTEM = "agent", "customer", "system"


@dataclass(frozen=True)
class Line:
    """One scripted message; any of its texts may be said. `rules` are those that the line breaks."""

    sender: str
    texts: tuple[str, ...]
    rules: tuple[str, ...] = ()
    message_type: str = "text"


@dataclass(frozen=True)
class Script:
    """A few lines in the middle of a conversation."""

    kind: str
    lines: tuple[Line, ...]
    weight: int = 1
    resembles: str | None = None  # the rule that a look-alike must not be taken for
    is_refusal: bool = False


def _says(sender: str, *texts: str, rules: tuple[str, ...] = (), message_type: str = "text") -> Line:
    """A line with all its wordings: <a|b> in a text stands for either."""
    return Line(sender, tuple(v for text in texts for v in _wordings(text)), rules, message_type)


def _wordings(text: str) -> list[str]:
    parts = re.split(r"<([^<>]*)>", text)
    choices = [part.split("|") if k % 2 else [part] for k, part in enumerate(parts)]
    return ["".join(words) for words in product(*choices)]


ASKS, MOVES = ("RED-01",), ("RED-02",)

MISCONDUCT: tuple[Script, ...] = (
    Script("ask_red_packet", (
        _says(CUSTOMER, "能不能帮我优先发货", "这单比较急，帮忙想想办法", "可以帮我多留几件{p}吗",
              "差价能帮我申请退吗"),
        _says(AGENT,
              "<可以帮您插个队|这单我帮您往前挪|我去找仓库说一声>，<方便的话给我|您给我|麻烦给我>发个<红包|小红包|🧧>呗",
              "<忙前忙后帮您盯了一下午|帮您跑了三趟仓库|为您这单忙到现在>，<赏个红包不过分吧|红包得意思一下吧>",
              "<给我个人|私下给我|单独给我><发|包|塞>个{amt}块的红包，<我马上给您安排|货今天就走|差价我帮您抹掉>",
              "亲，先<发|来>个小红包过来，我这边<私下给您处理|悄悄给您办|给您开个绿灯>",
              "老板<发|赏|来>个🧧<鼓励一下|犒劳一下>，<货我给您留着|我这就去催>",
              "红包走一个，<保证今天出库|这事包在我身上>", "<来|整>个红包意思一下，这事我给您办了",
              "您看着给个红包吧，多少都行，<我帮您走内部通道|我给您想办法>",
              "发个<hong包|红 包|荭包><吧|呗>，<我给您加急|懂的都懂>", rules=ASKS),
        _says(CUSTOMER, "多少合适", "这样不太好吧", "……行吧", "我考虑一下"),
    ), weight=4),
    Script("ask_transfer", (
        _says(CUSTOMER, "平台上价格还能再低点吗", "{p}能给个内部价不", "运费能免吗"),
        _says(AGENT,
              "您直接把<钱|货款|尾款>转给我<个人|本人>，我按<内部价|员工价>给您走",
              "<差额|差价>{amt}元您<转账到|打到|转进>我自己的<支付宝|银行卡>，<系统里我来改|我后台给您改价>",
              "扫我的<个人|私人>收款码付{amt}就行，<别在店铺付了|不用走店铺>",
              "别打公司账户，转到我卡上，尾号{num}，<便宜一成|给您打九折>",
              "这样，您私下转我{amt}，货我直接发您",
              "钱打我私人账户就好，<不用走平台那么麻烦|平台要扣点的>",
              "<付到|汇到>我本人账户吧，<票就不开了|走公司太慢>，给您便宜点", rules=MOVES),
        _says(CUSTOMER, "靠谱吗", "好，账号发来", "我问下老板"),
    ), weight=3),
    Script("ask_gift", (
        _says(CUSTOMER, "谢谢你帮我找到货", "你真是太好了", "以后还找你"),
        _says(AGENT,
              "那<姐姐|哥|老板>请我喝杯<奶茶|咖啡>呗，以后都给您优先",
              "我<下周|后天|这周末>生日，送我个<小礼物|口红|礼物>就行啦",
              "你们那边的特产给我寄<点|两箱>呗，价格好商量", "光说谢谢可不行，得送点礼物表示表示呀",
              "给妹妹带<盒茶叶|条丝巾|两瓶酒>呗，下次新款先给您留",
              "<下次来杭州|下回过来>请我吃顿饭呗，折扣的事我来想办法", rules=ASKS),
    ), weight=2),
    Script("ask_tip_veiled", (
        _says(CUSTOMER, "这个能不能通融一下", "申请要多久才批", "能不能先发后付"),
        _says(AGENT,
              "<给|来>点辛苦费，这边给您加急", "您懂的，来点好处费事情就快了",
              "{amt}块<茶水费|烟钱>，我帮您跟仓库打招呼", "打赏一下<小妹|小弟>，明天一早给您办好",
              "跑腿费意思意思，给{amt}就成", "<劳务费|辛苦费>{amt}给我个人，保您插队", rules=ASKS),
        _says(CUSTOMER, "怎么给你", "这也要钱啊"),
    ), weight=2),
    Script("accept_red_packet", (
        _says(CUSTOMER, "辛苦啦，一点心意", "[红包] 恭喜发财，大吉大利", "给你的，买杯水喝", message_type="red_packet"),
        _says(AGENT,
              "红包<收到啦|收到咯|收着了>，谢谢<姐|哥|老板>，货马上给您发", "收下啦，谢谢老板的红包",
              "谢谢您的红包，我<领了|点开了|收好了>哈，{p}给您多留几件", "哇这么大的红包，那我就不客气啦",
              "红包已领，<感谢感谢|事情给您办妥>", "红包我抢到啦，<爱您|下次还找我>", rules=ASKS),
    ), weight=2),
    Script("accept_transfer", (
        _says(CUSTOMER, "转你了，查收一下", "[转账] {amt}元 请收款", "转过去了，按说好的来", message_type="transfer"),
        _says(AGENT,
              "转账<收到了|已收|点收了>，谢谢<哥|姐>，我这就去改", "您私下转的{amt}元我收了，放心，给您办好",
              "转账我收款了哈，别跟其他客服说", "转账已经点了接收，谢谢您，下次还找我",
              "{amt}块转账我<收下了|确认收了>，价格马上给您改好", rules=ASKS),
    ), weight=2),
    Script("accept_gift", (
        _says(CUSTOMER, "给你寄的茶叶到了没", "上次寄的特产喜欢吗", "给你买的口红收到了吧"),
        _says(AGENT,
              "收到啦，太客气了，礼物很喜欢，以后有事直接找我", "您送的礼物到了，谢谢<姐|哥>，{p}的价我给您申请最低",
              "礼物我收下了，谢谢老板惦记", "您寄的<茶叶|特产>我<收到了|拿到啦>，太破费了，谢谢您的礼物",
              rules=ASKS),
    )),
    Script("ask_red_packet_english", (
        _says(CUSTOMER, "Can you ship my order today?", "Any chance to get it earlier?"),
        _says(AGENT,
              "Sure, just <send|give> me a <little|small> red packet and I will <push it for you|ship it first>",
              "Transfer me {amt} yuan <for my trouble and I can lower the price|and I will move you up>",
              "I can help, but a small tip for me would be nice",
              "A little something for me and it ships today", rules=ASKS),
    )),
    Script("offer_wechat", (
        _says(CUSTOMER, "图片发不过来", "平台上说话不方便", "有没有更多实拍图", "能不能详细聊聊价格"),
        _says(AGENT,
              "加我微信吧，{wx}，<那边说话方便|我发您底价>",
              "您加下我<个人|私人>微信 {wx}，我给您发<实拍|内部报价>",
              "平台聊天有监控，加我私人微信{wx}细说", "我微信号{wx}，备注<店名|城市>就行",
              "加个微信呗，以后拿货直接找我：{wx}", "<微信同号|微信就是手机号>{phone}，加我",
              "咱们<转到|换到>微信聊，搜 {wx}", rules=MOVES),
        _says(CUSTOMER, "好的，加了", "已申请，通过一下", "不加了，就在这说吧"),
    ), weight=4),
    Script("offer_wechat_disguised", (
        _says(CUSTOMER, "有内部价吗", "还能便宜点不", "新款能先看看吗"),
        _says(AGENT,
              "加我<薇信|微❤|威信|徽信|卫星> {wx}，<给您内部价|看新款>", "<➕|+|加>V❤ {wx} 私聊",
              "我<vx|VX|Vx|v信|wx>：{wx}，来了报店名", "加下<徽信|薇芯>{wx}，这里不能发", "+ 我 v x {wx}",
              "加V：{wx} 给您看新款", "威❤信搜 {wx}，快点哈", "加个wei信 {wx}，懂的都懂",
              "换个地方聊，VX {wx}", "加我ＶＸ {wx}，价格好谈", rules=MOVES),
        _says(CUSTOMER, "加了", "好的", "什么意思"),
    ), weight=4),
    Script("offer_qq", (
        _says(CUSTOMER, "资料怎么发给我", "怎么找你拿图"),
        _says(AGENT,
              "加我<QQ|qq|扣扣|企鹅> {qq}，<私下发您|咱们那边聊>", "我企鹅号{qq}，加一下",
              "加个Q Q：{qq}，报价单发您", "<QQ|扣扣>{qq}，咱们那边聊", rules=MOVES),
    ), weight=2),
    Script("offer_phone", (
        _says(CUSTOMER, "下班以后怎么找你", "打字太慢了", "急事怎么联系"),
        _says(AGENT,
              "打我<私人手机|自己手机|个人电话> {phone}，平台上说不清", "我自己的电话{phone}，<下班也能找我|随时打>",
              "这是我个人号码 {phone_spaced} 有事直接打给我", "直接打我手机{phone_wide}，别在这里说",
              "记一下我的手机：{phone_dashed}，绕开平台咱们单聊",
              "电话联系我本人 {phone_spaced}，别走客服热线", rules=MOVES),
    ), weight=3),
    Script("bare_number", (
        _says(CUSTOMER, "把你私人号码发我", "平台外怎么联系你，号码给我一个", "你自己的手机号多少"),
        _says(AGENT, "{phone}", "{phone_wide}", "{phone_spaced}", rules=MOVES),
    )),
    Script("ask_contact", (
        _says(CUSTOMER, "{p}底价多少", "能给个实价吗"),
        _says(AGENT,
              "您微信多少，我加您，<这里不方便报|平台看得见>", "留个您的私人微信，我下班后<报价给您|发您底价>",
              "方便给我您的<QQ|微信>吗，我单独发您底价", "<你|您>手机号给我，我用自己手机打给您谈",
              "您的微信号发我一下，<私下给您报价|我晚上加您>", rules=MOVES),
        _says(CUSTOMER, "不方便", "就在这里说吧", "好，我发你"),
    ), weight=2),
    Script("off_channel_and_packet", (
        _says(CUSTOMER, "帮我查一下别家的进货价", "能不能多给点返点"),
        _says(AGENT,
              "加我微信{wx}，红包<发那边就行|走那边>，这里看得到记录", "这里不能谈钱，加V {wx}，红包私发给我",
              "加我薇信{wx}，辛苦费转我那边，别在平台留痕", rules=("RED-01", "RED-02")),
    )),
    Script("wechat_then_packet", (
        _says(CUSTOMER, "这批货能不能给我留着", "想要断码的那几件"),
        _says(AGENT, "<可以|没问题>，先加我微信{wx}", "行，<薇信|vx>{wx}先加上", rules=MOVES),
        _says(CUSTOMER, "加好了，然后呢", "加了"),
        _says(AGENT, "发个{amt}的红包<过来|给我>我就锁库存", "给我转{amt}块，货我就给您留着", rules=ASKS),
    ), weight=2),
)  # fmt: skip

REFUSALS: tuple[Script, ...] = (
    Script("refuses_red_packet", (
        _says(CUSTOMER, "我给你发个红包，帮我先发货行不行", "辛苦了，红包你收一下", "发个红包给你买奶茶"),
        _says(AGENT,
              "谢谢您的<好意|心意>，公司<规定|要求>我们不能<收|拿>红包的哦",
              "心意领了，红包就不用了，<这是我们分内的事|应该的>",
              "不好意思亲，客服一律不收红包，<按顺序发货|请您理解>", "红包请您收回，我们有纪律的",
              "您太客气了，红包千万别发，发了我也不能领", "红包就免了哈，给您加急是应该的",
              "收红包我们要被处罚的，您的<好意|心意>我明白"),
    ), weight=4, resembles="RED-01", is_refusal=True),
    Script("returns_red_packet", (
        _says(CUSTOMER, "[红包] 小小心意", "请你喝咖啡", message_type="red_packet"),
        _says(AGENT,
              "红包已经给您退回去了，公司不允许我们<收取|领取>", "不能收的亲，没有领取，24小时后会自动退还给您",
              "感谢，但是我不能接受您的红包，已登记退回", "红包没有点，<到期自动退您|您撤回就好>，我们不能拿的"),
    ), weight=2, resembles="RED-01", is_refusal=True),
    Script("refuses_transfer", (
        _says(CUSTOMER, "我直接转给你吧，省得走平台", "钱转你个人行吗", "支付宝转你，你帮我下单"),
        _says(AGENT,
              "不可以私下转账的亲，请在平台下单付款", "抱歉，我们不接受个人转账，请走公司账户",
              "请不要转给我个人，系统下单才有保障", "<不能|没法>代收的，您在<店铺|订单>里付款就行"),
    ), weight=2, resembles="RED-01", is_refusal=True),
    Script("refuses_gift", (
        _says(CUSTOMER, "给你寄点特产，地址发我", "想送你个礼物感谢一下"),
        _says(AGENT,
              "谢谢您，礼物我们是不能收的，您满意就是最好的礼物", "心领了，公司规定不得收受客户礼品哦",
              "不用破费啦，我们不收礼物的", "<礼物|特产>真的不能要，<谢谢您惦记|您留着自己用>"),
    ), weight=2, resembles="RED-01", is_refusal=True),
    Script("refuses_off_channel", (
        _says(CUSTOMER, "加个微信聊吧", "你微信多少，我加你", "留个手机号给我呗", "有QQ吗"),
        _says(AGENT,
              "不好意思，我们不能加私人微信，<有问题在这里说就可以|请在平台沟通>",
              "公司规定只能在平台沟通，不能留<个人电话|私人微信>哦",
              "抱歉亲，不方便提供个人微信和QQ，这里一样为您服务", "私人联系方式不能给的，请谅解",
              "微信就不加啦，这里随时找得到我们", "我们不用私人<微信|电话>服务客户，谢谢理解"),
    ), weight=3, resembles="RED-02", is_refusal=True),
)  # fmt: skip

LOOK_ALIKES: tuple[Script, ...] = (
    Script("shop_red_packet", (
        _says(CUSTOMER, "有红包吗", "店铺有什么优惠", "怎么领红包"),
        _says(AGENT,
              "首页可以领店铺红包，满<300减40|200减20>", "<今晚|明晚>八点有红包雨，记得来抢",
              "平台红包<和优惠券可以叠加使用|每天可以领一次>", "关注店铺送<5|3>元红包，下单自动抵扣",
              "您账户里还有一个{amt}元的平台红包没用，下单时勾选就行", "大促红包<已经|马上>开抢，会场页面点一下就能领",
              "支付宝红包可以抵扣，付款页面会自动显示"),
    ), weight=4, resembles="RED-01"),
    Script("coupon_for_review", (
        _says(CUSTOMER, "优惠券怎么用", "满减怎么凑"),
        _says(AGENT, "优惠券在卡包里，结算时自动抵扣", "给您申请了一张{amt}元的店铺优惠券，<三天内|本月>有效",
              "补偿您一张无门槛券，系统已经发到账户里了"),
    ), weight=2, resembles="RED-01"),
    Script("gift_with_purchase", (
        _says(CUSTOMER, "买{p}送什么", "有赠品吗", "礼盒怎么卖"),
        _says(AGENT,
              "满两件送小礼物一份，随包裹发出", "有赠品的，下单就送<丝巾一条|帆布袋一个>",
              "礼盒装是单独售卖的，送礼很体面",
              "生日月会员可以到门店领取生日礼物哦", "您要送人的话可以附一张贺卡，礼物包装免费"),
    ), weight=3, resembles="RED-01"),
    Script("official_transfer", (
        _says(CUSTOMER, "对公怎么付款", "公司账户发我", "货款打到哪里"),
        _says(AGENT,
              "请<转账|汇款>到合同上的公司对公账户，户名是云岫服饰", "对公转账请备注合同号，财务到账后安排发货",
              "转账凭证上传到订单里就行，财务会核对"),
    ), weight=2, resembles="RED-01"),
    Script("refund_transfer", (
        _says(CUSTOMER, "退款到哪了", "差价怎么退"),
        _says(AGENT, "退款已经原路转回您的支付账户，请注意查收", "差价由财务转账退给您，预计{d}个工作日",
              "红包抵扣的部分退款时会返还到您的红包账户"),
    ), weight=2, resembles="RED-01"),
    Script("fraud_warning", (
        _says(SYSTEM, "安全提醒：请勿私下转账或向客服发红包，谨防诈骗"),
        _says(AGENT, "亲，我们不会向您索要红包或要求私下转账，遇到请<举报|联系平台>",
              "温馨提示：任何让您转账给个人的都是骗子哦"),
    ), weight=2, resembles="RED-01"),
    Script("red_bag_goods", (
        _says(CUSTOMER, "那款枣红包边的还有吗", "有没有配裙子的红包", "利是封卖吗"),
        _says(AGENT,
              "枣红包边的{p}还有{s}", "大红包身链条款目前缺货，黑色有现货", "新年红包袋是随单附送的周边，不单独卖"),
    ), weight=2, resembles="RED-01"),
    Script("wechat_pay", (
        _says(CUSTOMER, "我微信付款可以吗", "能用微信支付不", "支付宝可以吗"),
        _says(AGENT, "可以的，下单页面选择微信支付就行", "支持微信支付和支付宝，结算时选一下",
              "亲，微信、支付宝、银行卡都可以付款", "付款页面会出二维码，<微信|支付宝>扫一下就好"),
    ), weight=4, resembles="RED-02"),
    Script("official_account", (
        _says(CUSTOMER, "在哪看新款", "会员卡怎么办", "有小程序吗"),
        _says(AGENT,
              "关注我们的微信公众号「云岫服饰」可以看新款", "打开微信小程序商城，会员卡自动绑定",
              "官方QQ群在店铺首页公布，会员自愿加入，群里只发上新通知"),
    ), weight=2, resembles="RED-02"),
    Script("phone_like_order_number", (
        _says(CUSTOMER, "单号多少", "我的订单号是什么", "哪一单"),
        _says(AGENT, "您的订单号是{o}，已经出库", "订单{o}已发出，请留意物流", "{o}", "帮您查到了，订单编号：{o}"),
    ), weight=4, resembles="RED-02"),
    Script("tracking_number", (
        _says(CUSTOMER, "快递单号发我", "物流单号有吗"),
        _says(AGENT, "顺丰单号SF{phone}88，今天派送", "运单号：77{phone}，可以在官网查询",
              "物流单号YT{phone}01，已揽收"),
    ), weight=3, resembles="RED-02"),
    Script("official_hotline", (
        _says(CUSTOMER, "你们投诉电话多少", "有没有客服电话", "快递电话给我"),
        _says(AGENT,
              "官方客服热线400-820-{num}18，早九点到晚九点", "您可以拨打公司<总机|座机>0571-8888{num}00",
              "{co}的官方热线是95338，转人工可以查件"),
    ), weight=2, resembles="RED-02"),
    Script("delivery_phone", (
        _says(CUSTOMER, "收货信息改一下", "地址确认一下", "送货前能打电话吗"),
        _says(AGENT,
              "跟您核对一下收货信息：收件人电话{phone}，对吗", "收货手机号请在订单里修改，快递员派送前会电话联系您",
              "麻烦提供一下收件人的手机号，方便快递派送", "快递员电话是{phone}，您可以问问他到哪了"),
    ), weight=3, resembles="RED-02"),
    Script("style_code", (
        _says(CUSTOMER, "款号多少", "那件V领的叫什么", "吊牌上的号是什么意思"),
        _says(AGENT, "款号VX20{num}，V领那款", "这款货号是WX23{num}05，{col}有现货",
              "QQ系列是童趣联名款，款号QQ{num}", "加V领那件{col}还有{s}"),
    ), weight=3, resembles="RED-02"),
)  # fmt: skip
