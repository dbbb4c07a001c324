"""Whatever is wrong with a proxy is looked up, to its last word."""

import pytest

from tests.pseudo_pieces import in_pieces as in_pieces
from tests.pseudo_pieces import not_looked_up
from voicegui.core.errors import VoiceError
from voicegui.web.proxies import Proxies, missing_socks

pytestmark = pytest.mark.usefixtures("in_pieces")


@pytest.mark.parametrize("proxy", ["gopher://1", "gopher+x://1", "://", "http://[", "nonsense://", "http://1:x"])
def test_a_proxy_that_cannot_be_used(proxy: str) -> None:
    with pytest.raises(VoiceError) as caught:
        Proxies({"https": proxy}).of("https://example.org/")
    for text in (caught.value.message, caught.value.heading):
        assert not_looked_up(text, "HTTPS_PROXY", "gopher://", "nonsense://") == ""


def test_a_package_that_is_missing() -> None:
    assert not_looked_up(missing_socks().message) == ""
