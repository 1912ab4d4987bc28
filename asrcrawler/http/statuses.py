"""Group the status codes of HTTP answers by what they mean for a visit."""

ANSWERED = frozenset({200, 203})  # 203: a proxy changed something about it
NOT_MODIFIED = 304
GONE = frozenset({404, 410})
REFUSALS = frozenset({401, 402, 403, 407, 429, 451})
TRANSIENT = frozenset({408, 425})
FIRST_SERVER_ERROR = 500
