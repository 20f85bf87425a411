"""What people say without a command, and the lines that may be meant by it: "lunch", "I'm back", "settings"."""

import re
from collections.abc import Iterator
from typing import Final

from bot.basics.words import with_plain_numbers

_REST: Final = r"(?P<rest> .*)?"
_I: Final = r"(?:(?:i['’]?m|im|i am|am|i)(?: now)? )?"
_AWAY: Final = (
    r"(?:(?:on |a |my |the )*(?:lunch|break|breakfast|brekfast|brunch|dinner|pause|rest)"
    r"|coffee|training|(?:a )?meeting|dentist|doctor)"
)
_UNAVAILABLE: Final = r"(?:not (?:available|here|free|there)|busy|unavailable|away|afk|brb|out|offline|occupied)"
_DAYS: Final = (
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|today|tonight|tomorrow|in|at|on|am|pm"
)
"""What goes on with a time."""
_NO_NAME: Final = (
    r"(?:i|i'm|im|am|me|my|he|she|it|we|you|they|who|what|put|set|make|let|give|tell|send|take|get|can|is)\b"
)
_SECOND: Final = r"(?: (?!(?:go|goes|home|to|is|on|off|at|a|the)\b)[\w'-]+)?"
_MENTION: Final = r"<@\w+(?:\|[^<>]*)?>"
_ANYBODY: Final = rf"(?!{_NO_NAME})(?:{_MENTION}|@?[\w.'-]+{_SECOND})"
_NAME: Final = rf"(?P<who>{_ANYBODY})"
"""Whoever is called so is looked up: a line is offered only when somebody is."""
_SOMEBODY: Final = rf"(?P<who>(?!(?:me|my|it|him|her|them)\b)(?:{_MENTION}|@?[\w.'-]+(?: (?!as\b)[\w'-]+)?))"
_PUT: Final = r"(?:put|set|mark|make|switch)"
_TABLE: Final = (
    (rf"(?:pause|hold|stop) (?:all )?(?:my |the )?calls{_REST}", ("dnd on{rest}", "duty off{rest}")),
    ((r"(?:dnd|do not disturb)(?: on)? (?P<when>(?:(?:for|until|till) )?(?:\S*\d\S*)(?: (?:m|min|mins"
      r"|minutes?|h|hours?|am|pm))?)"
      rf" (?:for |at |because of )?(?P<what>(?!(?:{_DAYS}))[a-z ]+)"),
     ("dnd on {when}", "status {what} {when}", "duty off {what} {when}")),
    (rf"(?:dnd|do not disturb)(?: on)? (?:for |at |in )?(?P<what>{_AWAY}){_REST}",
     ("dnd on{rest}", "status {what}{rest}", "duty off {what}{rest}")),
    (rf"{_I}(?:come|coming|will be|be|am|going to be)? ?back (?:at|by|around) (?:the )?(?P<rest>\d.*)",
     ("duty off until {rest}", "status back at {rest}", "duty on")),
    (rf"{_I}(?:come|coming|will be|be|am|going to be)? ?back in (?P<rest>\d.*|an? .+|half .+)",
     ("duty off for {rest}", "dnd on for {rest}", "status back in {rest}")),
    ((rf"{_I}(?:have |has )?(?:returned|returning|return|came|come"
     rf"|coming) from .+"), ("duty on", "dnd off", "status clear")),
    (r"(?:make|promote|set) (?P<who>.+?) (?:to |as )?(?:an? |the )?(?P<what>supervisor|admin|administrator|manager)",
     ("add {who} as {what}", "roles")),
    (rf"(?P<what>(?:on )?(?:a |my )?{_AWAY}){_REST}", ("duty off {what}{rest}", "status {what}{rest}")),
    (rf"(?:gtg|gotta go|g2g|ttyl)(?: to| for)?(?: (?P<what>{_AWAY}))?{_REST}",
     ("duty off {what}{rest}", "status {what}{rest}")),
    ((rf"(?:put|set|mark|make|take|send) {_SOMEBODY} "
     rf"(?:on|at|to|in|for)(?: a| the)? (?P<what>{_AWAY}){_REST}"), ("put {who} off duty {what}{rest}",)),
    ((rf"{_PUT} {_SOMEBODY} (?:as )?"
     r"(?:available|free|ready|online|active|back)"), ("put {who} on duty",)),
    ((rf"{_PUT} {_SOMEBODY} (?:as )?"
     rf"{_UNAVAILABLE}{_REST}"), ("put {who} off duty{rest}",)),
    ((r"(?:make|promote|set) (?P<who>.+?) (?:to |as )?(?:an? |the )?"
     r"(?P<what>supervisor|admin|administrator|manager|operator|agent)(?: (?:of|in|for) (?P<line>.+))"),
     ("add {who} to {line} as {what}", "roles")),
    ((rf"(?:put|set|mark|make) me (?:as |on |in |to )?(?:{_UNAVAILABLE}"
     rf"|{_AWAY}){_REST}"), ("dnd on{rest}", "duty off{rest}")),
    (r"(?:put|set|mark|make) me (?:as |on |in |to )?(?:available|free|ready|online|active|back)(?: again)?",
     ("duty on", "dnd off", "status clear")),
    ((r"(?P<do>call|ring|phone|dial) (?P<who>.+?) (?:and|to) (?:say|tell|inform|let)(?: (?:to )?(?:him"
      r"|her|them|that|it))*"
     r"(?: know)?(?: that)?[:,]? (?P<text>.+)"), ("sms {who}: {text}", "call {who}")),
    (rf"{_I}(?:on|at|to|in|for) (?P<what>.+)", ("duty off {what}", "status {what}")),
    (r"(?:going|gone|go|went|out)(?: now)? (?:on|at|to|in|for) (?P<what>.+)", ("duty off {what}", "status {what}")),
    ((rf"{_I}(?:go|going|gone|make|making|do|have|having|take|taking|will go|need)(?: to| on| for| a| my| the)* "
     rf"(?P<what>{_AWAY}){_REST}"), ("duty off {what}{rest}", "status {what}{rest}")),
    (rf"no (?:more )?(?:calls|interruptions|phone){_REST}", ("dnd on{rest}", "duty off{rest}")),
    (r"off (?!duty|dnd)(?P<what>.+)", ("duty off {what}", "status {what}")),
    ((rf"{_I}(?:again )?(?:(?:have |has )?(?:come|came|returned|return|got) )?"
      r"(?:back|here|available|free|returned|online|ready)(?: (?:again|now|online|(?:from|at|of|in|on|to"
      r"|after|for) .+))*"),
     ("duty on", "dnd off", "status clear")),
    (rf"{_I}(?:start|starting|begin|beginning|started)(?: with)?(?: my| to| the)* (?:work|working|shift|day)(?: now)?",
     ("duty on", "dnd off")),
    ((rf"{_I}(?:finish|finished|finishing|end|ending|stop|stopping|done with|ended)(?: with)?(?: my| to| the)* "
     r"(?:work|working|shift|day)(?: now)?"), ("duty off", "dnd on until tomorrow")),
    (rf"{_I}(?:come|coming|will be|be|am|going to be)? ?back (?P<rest>(?:at|in|by|on|after) .+)",
     ("duty off until {rest}", "status back {rest}")),
    (rf"{_I}{_UNAVAILABLE}{_REST}", ("dnd on{rest}", "duty off{rest}")),
    (rf"{_I}(?P<what>on|off)(?: now| today)?", ("duty {what}", "dnd {what}")),
    ((r"(?:put|take|set|bring|get) (?P<who>@?[\w'-]+)(?:,| and"
     r"| &) (?P<other>@?[\w'-]+)(?: back)? (?P<state>on|off)(?: duty)?"),
     ("put {who} {state} duty", "put {other} {state} duty")),
    (rf"(?:i )?(?:don'?t|do not|dont) want (?:any |more |to be )*(?:calls|disturbed|disturb){_REST}",
     ("dnd on{rest}", "duty off{rest}")),
    (r"(?:my )?(?:settings?|preferences|options|setup|config(?:uration)?)", ("whoami", "notify", "country")),
    (r"(?:change|update|edit|set) (?:my )?(?:settings?|preferences|language|country|notifications?)",
     ("whoami", "notify", "country")),
    ((rf"{_I}(?:going dark|heads? ?down|(?:(?:need |want )?(?:some )?(?:time )?to )?"
      rf"(?:focus|concentrat)(?:e|ing|ed)?(?: time| mode)?|leave me alone"
      rf"|stop (?:ringing|calling)(?: me)?|(?:hold|stop|pause|block|mute) (?:all )?(?:my |the )?calls"
      rf"|quiet|silence|silent"
      rf"|(?:put|set|turn) (?:my |the )?phone (?:in|on|to|at) (?:silent|silence|mute|quiet)(?: mode)?"
      rf"|(?:i )?(?:can'?t|cannot|don'?t|do not|not) (?:talk|call me|take (?:any )?calls?|ring me)"
      rf"|(?:i )?need (?:quiet|silence|(?:some |time to )?focus)){_REST}"), ("dnd on{rest}", "duty off{rest}")),
    (r"back on(?: again| now)?", ("duty on", "dnd off")),
    ((rf"{_I}(?P<what>work(?:ing)? (?:from home|remotely|at home|from the office)){_REST}"),
     ("status {what}{rest}", "duty on")),
    ((rf"(?:today|tonight|this (?:morning|afternoon)|now) {_I}"
      rf"(?P<what>sick|ill|on vacation|on holidays?|on leave|{_AWAY})"),
     ("duty off {what}", "status {what} until end of day", "dnd on until end of day")),
    (r"(?:any|are there(?: any)?|were there(?: any)?) (?:new )?calls?(?: for me| to me)?(?P<rest> today)?",
     ("calls{rest}", "calls missed")),
    (r"(?:listen(?: to)?|play|hear) (?:(?:my|the|new|last) )*(?:messages?|voice ?mails?)", ("calls voicemail", "last")),
    (r"csat(?: (?:for|of|in))? (?P<rest>.+)", ("stats {rest} csat",)),
    (r"(?:a )?(?P<how>daily|weekly) (?:digest|report|summary)(?: (?:for|of|in))? (?P<line>.+)",
     ("notify {how} for {line}", "stats {line}")),
    (r"my (?:turn|shift|work|day) (?:is|has|s) (?:finished|over|done|ended|up)", ("duty off", "dnd on until tomorrow")),
    (r"(?P<line>[\w'-]+(?: [\w'-]+)?) queue", ("live {line}", "open")),
    (r"(?:(?:my|show|list|recent|new) )*fax(?:es)?", ("notify fax", "run fax")),
    (r"(?:(?:my|show|list) )*(?:contacts|address book|phone ?book)", ("run list contacts", "contact")),
    (r"(?:(?:my|show|list) )*(?:colleagues|users|people|team)", ("oncall", "run list users")),
    (rf"{_I}(?P<what>(?:going|heading|go) home|(?:gone|done|out) for (?:the day|today)|leaving)(?: now)?",
     ("duty off {what}", "status {what}")),
    ((rf"{_I}(?P<what>sick|ill|on vacation|on holidays?"
     rf"|on leave){_REST}"), ("duty off {what}{rest}", "status {what}{rest}")),
    ((rf"{_NAME} (?:(?:is|has|goes|went|gone|left|will|go|takes?|makes?|does)(?: now| go"
      rf"| just)? )+(?:(?:to|on|for|at|in|a|the|of) )*"
     rf"(?P<what>{_AWAY}|home|sick|ill|away|out|leave|vacation|holidays?|not here|late|busy){_REST}"),
     ("put {who} off duty {what}{rest}", "put {who} off duty {what}", "who {who}")),
    ((rf"{_NAME} (?:(?:is|has|comes?|came|goes|was)(?: now| just)? )+(?:back|here|available|returned"
      rf"|free|online|ready|at work)"
     r"(?: .+)?"), ("put {who} on duty", "who {who}")),
    (rf"(?:where|how|what) (?:is|are) {_NAME}(?: doing| now| up to)*", ("oncall", "who {who}")),
    (rf"(?:where|how)(?:'?s) {_NAME}(?: doing| now| up to)*", ("oncall", "who {who}")),
    (rf"(?:send|take|get|let) {_NAME} (?:go )?home(?: now| early)?", ("put {who} off duty",)),
    (rf"(?:send|let) {_NAME} (?:go )?(?:to|on|for|at)(?: an?| the)? (?P<what>{_AWAY}){_REST}",
     ("put {who} off duty {what}{rest}",)),
    (rf"(?:send|let|have|make) {_NAME} (?:go )?(?P<state>on|off) duty{_REST}", ("put {who} {state} duty{rest}",)),
    (rf"send {_ANYBODY} to (?:the |their |his |her )?voice ?mail", ("live",)),
    (r"schedule (?:a |the )?call (?:with|to|for) (?P<who>.+?) (?P<at>(?:at|in|on|tomorrow|tonight|next|this)\b.*)",
     ("call {who} {at}",)),
    (rf"give {_NAME} (?:a|some|their|his|her) (?P<what>break|pause|rest){_REST}",
     ("put {who} off duty {what}{rest}", "who {who}")),
    (r"(?:phone )?numbers? (?P<who>(?!(?:of|today|yesterday|this|last)\b)@?[\w.'-]+(?: [\w'-]+)?)",
     ("who {who}", "call {who}")),
    (r"(?:i )?(?:need|want|look for|search for|looking for) (?P<who>[\w.'-]+?)'?s (?:phone |mobile )?(?:number|phone)",
     ("who {who}",)),
    (r"ask (?P<who>.+?) (?:to|if|whether) (?P<text>.+)", ("sms {who}: please {text}", "call {who}")),
    ((r"(?:ask|remind|inform|update) (?P<who>(?!me\b)@?[\w.'-]+(?: (?!(?:about|of|when|what|how|why)\b)[\w'-]+)?)"
     r" (?:about|of|when|what|how|why|that) .+"), ("sms {who}", "call {who}")),
    ((r"remind me (?:to )?(?:call|ring|phone|dial)(?: back)? (?P<who>.+?)(?: back)? "
     r"(?P<at>(?:at|in|on|tomorrow|tonight|next|this|later)\b.*)"), ("call {who} {at}",)),
    ((r"remind me (?P<at>(?:at|in|on|tomorrow|tonight|next|this) .+?) to (?:call|ring|phone|dial)(?: back)? "
     r"(?P<who>.+?)(?: back)?"), ("call {who} {at}",)),
    (r"(?:connect|put) me (?:through )?(?:with|to) (?P<who>.+)", ("call {who}", "transfer {who}")),
    ((r"(?:put|connect|pass|send|give) (?:him|her|them|it|(?:the|this|my) (?:call|caller|customer))(?: through)? "
     r"(?:to|with) (?P<who>.+)"), ("transfer {who}", "call {who}")),
    (r"(?:warm|blind|cold) transfer (?:to )?(?P<who>.+)", ("transfer {who}",)),
    (r"(?:call|ring|phone) (?P<who>.+?) (?:on|at) (?:his|her|their|the) (?:mobile|cell|phone|number|office)",
     ("call {who}",)),
    (r"(?:call|ring|phone) (?P<who>.+?) (?:with|from|via) (?:my |the |our )?(?P<line>.+?) (?:number|line|phone)",
     ("call {who} from {line}",)),
    (r"block (?P<who>\+?[\d(][\d ().-]{6,}) (?:for |because |as )?(?:of )?[a-z ]+", ("block {who}",)),
    ((r"(?:(?:mark|flag|report)(?: it| this| that)?(?: call(?:er)?)?|(?:this|it|that) (?:is|was))(?: as| a)* "
      r"(?:spam|scam)(?: call)?"),
     ("last block", "label spam")),
    (rf"what(?:'?s| is) {_NAME}(?:'s|s)? (?:status|duty)", ("oncall", "who {who}")),
    (rf"what (?:did|does|has) {_NAME} (?:say|said|want|wanted)",
     ("last transcript with {who}", "last recap with {who}")),
    (r"cover|need cover|cover (?:needed|wanted)", ("oncall cover me", "oncall")),
    (r"resume(?: (?:the |my )?call)?|take (?:it|the call) back", ("unpark", "live")),
    ((r"(?:what|which)(?: texts?| messages?)?(?: is| are|s) scheduled"
      r"|(?:delete|remove) (?:the |my )?scheduled(?: texts?)?"),
     ("scheduled",)),
    (r"(?:my )?(?:tasks?|to-?dos?)(?: list)?", ("open mine", "open")),
    (r"notify (?P<who>(?!(?:me|us|when|if|about)\b).+?) that (?P<text>.+)", ("sms {who}: {text}",)),
    (r"(?:on )?(?:vacation|holidays?|leave)(?: (?P<rest>.+))?", ("duty off vacation {rest}", "status vacation {rest}")),
    (r"(?:stop|finish|close|terminate)(?: the| this| my)? call", ("hangup", "live")),
    (r"(?:any ?(?:1|one|body)|some(?:one|body))(?: is)? (?:waiting|in (?:the )?queue|on hold)", ("open", "live")),
    ((r"(?:(?:clock|punch|log|sign)(?:ing)?(?: me)? (?:out|off)|clock me out|log me off"
      r"|(?:log|sign) me (?:out of|off) duty|off (?:the )?clock)(?: of duty)?"), ("duty off", "dnd on until tomorrow")),
    (r"(?:(?:clock|punch|sign)(?:ing)?(?: me)? (?:in|on)|clock me in|log me (?:in|on)(?:to)? duty|on (?:the )?clock)",
     ("duty on", "dnd off")),
    (r"(?:all )?(?:finished|done)(?: for (?:today|the day|now))?|(?:call(?:ing)? it a day|eod|home time)",
     ("duty off", "dnd on until tomorrow", "open mine")),
    (rf"{_I}(?:at )?home", ("duty off home", "status at home")),
    (r"(?:cancel|stop|end)(?: my| the)? (?:lunch|break|meeting|pause|training)",
     ("duty on", "dnd off", "status clear")),
    (r"(?:dnd|do not disturb)(?: on)? (?:until|till|til) (?:i|i'm|im|we|he|she|my|further|after)\b.*",
     ("dnd on", "dnd on for an hour")),
    (r"(?:average |avg )?(?:handle|handling|talk|call)(?:ing)? times?(?P<rest> .+)?|aht(?: (?P<of>.+))?",
     ("stats{rest} {of}", "stats answer time")),
    (r"(?:new|any) (?:vms?|voice ?mails?)", ("calls voicemail",)),
    (r"nvm|never ?mind|forget it|no|nope", ("menu", "help")),
    (r"ayuda|hilfe|aide|aiuto|ajuda|hulp", ("help", "menu")),
    ((rf"(?:listen(?: in)?(?: to| on)?|join|barge(?: in)?(?: on| to)?|whisper(?: to)?|coach|monitor|spy on|take over) "
     rf"{_NAME}?(?:'s| s)?(?: call)?"), ("live", "run live call supervise")),
    ((r"(?:claim|take|grab|done with|finish|close|reopen|snooze|(?:give|assign|hand) .+ to|remind me|follow up|later)"
      r"(?: .+)?|.+ (?:is|are) done|done|mine"), ("open mine", "open")),
    (r"(?:put (?:him|her|them|it|the call|the caller|the customer) on )?hold(?: on)?", ("park", "live")),
    (r"(?:delete|remove) (?:the )?contact (?P<what>.+)", ("run delete contact", "who {what}")),
    (r"(?:put|change|set|update) (?:the |my )?status(?: to| at| as| in)? (?P<what>.+)", ("status {what}",)),
    (r"(?:change|update|edit|rename|correct) (?P<what>.+?)(?:'?s)?(?: (?:phone|number|name|contact|to)\b.*)?",
     ("run update contact", "who {what}")),
    ((r"(?:(?:show|read|see|last|my|list|give|me|the|of) )*(?:texts?|messages?|sms|conversation|chat) "
     r"(?:with|from|of|by) (?P<what>.+)"), ("who {what}", "calls with {what}")),
    (r"(?:undo|oops|cancel|take (?:it|that) back)(?: (?:it|that))?", ("scheduled", "open mine", "whoami")),
    (r"(?:thanks?|thank you|thx|ty|cheers|great|cool|ok(?:ay)?|nice|bye)(?: (?:you|so much|a lot|dialpad|bot))*|\?+|!+",
     ("menu", "help")),
    ((r"(?:stop|mute|silence|pause|disable|turn off|switch off|no)(?: (?:all|the|my|notifying"
      r"|notifications?|alerts?|posting"
     rf"|this channel|here|cards?))+{_REST}"), ("notify stop", "dnd on{rest}")),
    (r"(?:what|anything|everything)(?:'s| is| has)? (?:happened|happening|new|going on|up)(?: .+)?",
     ("open", "calls today", "stats today")),
    (r"(?:who|which agents?) (?:missed|answered|took|had|made|got)(?: the)?(?: most| more)? calls?(?: .+)?",
     ("stats", "calls missed", "oncall")),
    (r"(?:who|when) (?:put|took|set|changed|turned|moved|removed|added|did) .+", ("audit", "oncall")),
    (r"(?:open(?:ing)?|business|working|our|office) hours?(?: .+)?", ("run opening hours", "run update call center")),
    (r"(?:close|open) (?P<line>[\w'-]+) (?:for )?(?:today|tomorrow|now)", ("run opening hours", "open {line}")),
    (r"(?:we|(?P<line>[\w'-]+)) (?:are|is)(?: now)? (?:closed|open)(?: for)?(?: today| tomorrow| now)?",
     ("run opening hours", "open {line}")),
    ((r"(?:send|give|mail|email)(?: me| us)?(?: a| the| my)* (?:report|statistics|stats|numbers"
      r"|summary)(?: of (?P<line>[\w'-]+))?"
     r"(?: (?P<when>(?:every|each) .+))?"), ("stats {line} {when}", "notify daily weekly", "stats")),
    (r"(?:listen(?: to)?|play|hear)(?: the| my| last)* recordings?(?: .+)?", ("calls", "last")),
    (r"(?:log|sign) ?out", ("disconnect",)),
    (r"(?:log|sign) ?in|connect (?:with |to )?(?:my |the )?(?:dialpad|account)(?: account)?", ("connect",)),
    ((r"(?:i (?:don'?t|do not|dont) (?:understand|know)(?: .+)?|how (?:i|do i|does|can i|to) .+|what"
      r" (?:is|does|can) (?:this|it).*"
     r"|what (?:i )?can i? ?.*do.*|i'?m lost|i am lost|lost|confused)"), ("help", "menu")),
    ((r"(?:hello|hi|hey|hola|good morning|good afternoon|start|test|sup|yo)(?: there| dialpad"
     r"| team)?"), ("menu", "help")),
    (rf"{_NAME} (?P<what>{_AWAY}){_REST}", ("put {who} off duty {what}{rest}", "who {who}")),
    (rf"{_NAME} (?:stats|statistics|numbers)(?P<rest> .+)?", ("stats {who}{rest}", "who {who}")),
    (rf"{_NAME} (?:phone|mobile|cell|telephone|contact|ext|extension)", ("who {who}", "call {who}")),
    (rf"{_NAME} (?:available|free|busy|there|in|around)", ("oncall", "who {who}")),
    (r"put (?P<who>.+?) (?:in|into|on) (?P<line>[\w'-]+(?: [\w'-]+)?)", ("add {who} to {line}",)),
    (r"(?:(?:show|list|see|get|the|me) )*(?P<line>[\w'-]+(?: [\w'-]+)?) calls(?P<rest> .*)?",
     ("calls in {line}{rest}",)),
    ((r"(?:text|txt|send|sms|say|tell|write)(?: an?)?(?: (?:sms|text|message|msg))? "
      r"[\"“]?(?P<text>.+?)[\"”]? to (?P<who>[^:]+)"),
     ("sms {who}: {text}",)),
)  # fmt: skip
_PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), lines) for pattern, lines in _TABLE)
_COURTESY: Final = re.compile(r"(?:[ ,.!?]+(?:please|pls|plz|thanks|thank you|thx))+[ .!?]*$", re.IGNORECASE)
_DOUBTFUL: Final = re.compile(
    rf"send {_ANYBODY} (?:home\b|(?:to|on|for|at) (?:the |an? )?(?:{_AWAY})|o(?:n|ff) duty"
    r"|to (?:the |their |his |her )?voice ?mail).*",
    re.IGNORECASE,
)
"""Lines that begin as a text to somebody and may be about their duty."""
_LONGEST: Final = 120
"""Characters of a line that is looked at."""


def second_meanings(line: str) -> Iterator[tuple[str, ...]]:
    """Return what a line that is read as a command may mean as well: "send noor home" may be a text, and the end of
    Noor's day."""
    said = " ".join(line.replace("’", "'").split())
    return likely_lines(line) if len(said) <= _LONGEST and _DOUBTFUL.fullmatch(said) else iter(())


def likely_lines(line: str) -> Iterator[tuple[str, ...]]:
    """Yield the lines that may be meant by one without a command, those of each thing that it may say, the likeliest
    first; nothing for one that says nothing of the kind."""
    said = " ".join(with_plain_numbers(line).replace("’", "'").split())
    said = _COURTESY.sub("", said).strip(" .,!?") or said
    if not said or len(said) > _LONGEST:
        return
    for pattern, lines in _PATTERNS:
        if (found := pattern.fullmatch(said)) is not None:
            words = {name: value or "" for name, value in found.groupdict().items()}
            yield tuple(" ".join(one.format(**words).split()) for one in lines)
