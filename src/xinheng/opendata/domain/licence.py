"""The terms of use (使用条款) that come with a snapshot: a design of this platform, no rule that was found."""

from typing import Final

LICENCE_ID: Final = "xinheng-open-data-terms/0"
LICENCE_CONFIDENCE: Final = "PROVISIONAL"
LICENCE_TEXT: Final = """公共信用信息开放数据使用条款（暂行，设计稿）

本条款由平台拟定，尚未经主办单位审定，也没有查到直接规定它的文件；主办单位发布正式条款后以正式条款为准。

一、可以免费下载、使用、加工、再传播，用于商业和非商业目的，不需要申请。
二、使用和再传播时注明来源（平台名称）、快照编号和时间。
三、信用信息会到期、修复、更正、撤销。保存本数据的，应当至少每天按变更接口更新一次；变更里写明移除（remove）的记录，应当立即从公开的产品和服务中移除，不得另外保存名单、不得向他人提供已经停止公示的信息。
四、不得用于识别、推断、联系自然人，不得与自然人的数据合并；不得据此制作失信排名、曝光栏目。
五、有异议标注的记录，使用时应当同时写明异议。
六、数据来自各报送机关，按报送时的内容提供；以作出决定的机关的文书为准。没有记录不等于没有问题。
"""
