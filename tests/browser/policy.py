"""Counts every breach of the Content-Security-Policy that the browser meets, in every test.

Each context of the shared browser is watched: pages with script by the event
``securitypolicyviolation``, pages without by what the browser writes to its console.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext

LISTEN = """
addEventListener("securitypolicyviolation", event => window.codiPolicyBroken(
  `${event.effectiveDirective} ${event.blockedURI} on ${event.documentURI}`))
"""
IN_CONSOLE = "Content Security Policy"


@dataclass
class Watch:
    """What was watched and heard in this process."""

    context_count: int = 0
    heard: list[str] = field(default_factory=list)
    told_count: int = 0
    """Breaches that the control tests made themselves and took away again."""

    def take_away(self, before: int) -> list[str]:
        """The breaches since ``before``, which a control test made on purpose."""
        found = self.heard[before:]
        del self.heard[before:]
        self.told_count += len(found)
        return found


WATCH = Watch()


def watch(browser: Browser) -> Browser:
    """Let every context that the browser opens from now on be watched."""
    open_context = browser.new_context

    def new_context(**options: Any) -> BrowserContext:
        context = open_context(**options)
        WATCH.context_count += 1
        if options.get("java_script_enabled", True):
            context.expose_binding("codiPolicyBroken", lambda _from, text: WATCH.heard.append(text))
            context.add_init_script(LISTEN)
        else:
            context.on(
                "console",
                lambda said: IN_CONSOLE in said.text and WATCH.heard.append(said.text),
            )
        return context

    browser.new_context = new_context  # type: ignore[method-assign]
    return browser
