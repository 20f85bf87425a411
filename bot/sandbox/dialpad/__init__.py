"""An embedded Dialpad: same paths, same rules, made-up people."""

from bot.sandbox.dialpad.access import COMPANY_KEY, OAuthApp
from bot.sandbox.dialpad.faults import Fault
from bot.sandbox.dialpad.server import DialpadSandbox

__all__ = ["COMPANY_KEY", "DialpadSandbox", "Fault", "OAuthApp"]
