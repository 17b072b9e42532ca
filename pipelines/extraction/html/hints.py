"""The roles that class and id words suggest, and the vocabulary of class names for each role."""

from __future__ import annotations

from typing import Final


class Hint:
    """Bit flags for the roles that class and id words suggest. An element may have several.

    They are plain integers because ``enum.Flag`` costs a microsecond per operation, on every
    element.
    """

    NONE: Final = 0
    BODY: Final = 1 << 0
    LEDE: Final = 1 << 1
    TITLE: Final = 1 << 2
    CAPTION: Final = 1 << 3
    AUTHOR: Final = 1 << 4
    DATE: Final = 1 << 5
    TAGS: Final = 1 << 6
    SECTION: Final = 1 << 7
    RELATED: Final = 1 << 8
    COMMENTS: Final = 1 << 9
    TOOLS: Final = 1 << 10
    ADVERT: Final = 1 << 11
    NAVIGATION: Final = 1 << 12
    TODAY: Final = 1 << 13
    CENTRED: Final = 1 << 14
    ON_RIGHT: Final = 1 << 15
    HIDDEN: Final = 1 << 16
    NOT_PRINTED: Final = 1 << 17
    CONSENT: Final = 1 << 18
    QUOTED: Final = 1 << 19


BOILERPLATE = (
    Hint.RELATED
    | Hint.COMMENTS
    | Hint.TOOLS
    | Hint.ADVERT
    | Hint.NAVIGATION
    | Hint.HIDDEN
    | Hint.NOT_PRINTED
    | Hint.CONSENT
)
ALIGNED = Hint.CENTRED | Hint.ON_RIGHT
VOCABULARY: dict[int, str] = {
    Hint.BODY: (
        "news-bodyhtml body-text article-body journal-content-article div-article-description "
        "div-article-content {news,detail,article,post,entry,story,main}-{,cms}content "
        "content-{detail,news,article,main,body} {story,post,entry,page}-body tandan-content-view "
        "tt-tinchitiet-doctin fck-detail noi-dung chi-tiet storytext article-text"
    ),
    Hint.LEDE: (
        "sapo home-text |lead| |lede| |standfirst| |dek| |summary| |trich-dan| |tom-tat| |mo-ta| "
        "|desc| |description| |intro| |introduction| intro-text "
        "article-summary chapeau sub-headline "
        "gioi-thieu-tin"
    ),
    Hint.TITLE: "title headline tieu-de ten-tin",
    Hint.CAPTION: (
        "caption chu-thich-anh legend |chu-thich| |note-{img,anh,image}| |img-note| |photo-note| "
        "|credit| |image-text| |image-desc"
    ),
    Hint.AUTHOR: "author by-line created-by tac-gia but-danh writer |nguoi-{viet,dang}",
    Hint.DATE: (
        "|date| |time| |pub-date| |ngay| |ngay-dang| |thoi-gian| |published| |update| "
        "|updated| |timestamp| |datetime| |post-{date,time}| |date-time| publish-date detail-time "
        "date-line"
    ),
    Hint.TAGS: (
        "|tag| |tags| |tag-{list,cloud,link,links}| |key-word| |key-words| |tu-khoa| |hash-tag| "
        "|hash-tags| |topics| post-tags article-tags"
    ),
    Hint.SECTION: "crumb cate-name detail-cate category chuyen-muc |cat| |section|",
    Hint.RELATED: (
        "relat lien-quan cung-{chuyen,loai,chu} tin-{khac,moi,cu}| other-news news-other "
        "read-{more,next,also} see-{also,more} recommend "
        "more-{news,stor,from,on,link,article,post} suggest popular trending "
        "most-{read,view,pop} doc-nhieu xem-{them,nhieu} tin-noi-bat you-{may,might} also-like "
        "{next,prev,previous}-{post,article} post-nav teaser-list onenewstitle thread-body "
        "{latest,lastest}-news in-line-links up-next newsfeed side-bar |rail| link-stack"
    ),
    Hint.COMMENTS: (
        "|comment| |disqus| |binh-luan| |y-kien| |respond| |feedback| |reaction| |reactions| "
        "|discussion| comments comment-{list,box,form,area,section,wrap} commenter reader-opinion"
    ),
    Hint.TOOLS: (
        "share sharing social |tool| |tools| |tool-bar| |print| |font-size| |rating| "
        "|ratings| |star-rating| |star-ratings| |vote| |mail| |email| |follow| |bookmark| "
        "|action| |actions| |like-box| |addthis| |icon| |icons| send-mail rate-box "
        "{control,contol}-bar"
    ),
    Hint.ADVERT: (
        "|ad. |ad- |ads| |advert |banner| |sponsor |promo |quang-cao| |dfp| |gpt| |adv| |teads| "
        "|outbrain| |taboola| newsletter |subscri |sign-up| |donat |cta| |app-download| "
        "|google-auto-placed| |merch |affiliate| |disclosure| |optin| |mc4wp| |survey| |poll| "
        "ad-{slot,unit,wrap,box,container} ads-by"
    ),
    Hint.NAVIGATION: (
        "|nav| |nav-bar| navigation |menu| |sub-menu| menu- bottom-menu |pagination| |pager| "
        "|paging| |modal| |pop-up| |login| |dang-nhap| "
        "|masthead| |top-bar| |site-{header,footer}| |page-footer| |footer| footer- |foot. "
        "|copyright| |skip-link| |screen-reader-text| |sr-only| |visually-hidden| |lightbox| "
        "|overlay| |search-{form,box}| |language| |weather| |tooltip| |ticker| "
        "breaking-news-{bar,ticker,banner,box,list,wrap,widget,slider} "
        "|author-{bio,box,info,card,about}| |author-desc |about-author| "
        "|about-the-author| |bio| |toc| |table-of-contents| timeout"
    ),
    Hint.CONSENT: (
        "|cookie| |cookies| |gdpr| |consent| |ccpa| |cmp| onetrust |ot-sdk |qc-cmp |didomi "
        "usercentrics cybot |truste| |sp-message |osano iubenda borlabs klaro tarteaucitron "
        "embed-privacy embed-consent two-click |privacy-{center,banner,notice,dialog,overlay}|"
    ),
    Hint.CENTRED: "text-{center,centre} |align-center|",
    Hint.ON_RIGHT: "text-{right,end}| |align-right|",
    Hint.TODAY: "current-{date,time} clock today ngay-hien-tai dong-ho header-date date-now",
}
"""Stems by hint. ``|`` is an end next to which there is no letter. ``-`` is a separator that may be
missing, except at the end of a stem. ``.`` is the end of the name. ``{a,b}`` stands for either."""
