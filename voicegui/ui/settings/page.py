"""All settings under each other, of which one group or what was searched for is shown."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from voicegui.core.session import ServiceInfo, StageSetting
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings, declared
from voicegui.core.wording import shown

from ..shortcuts import shortcut_lines
from .controls import Control, LongControl
from .key_form import KeyField, KeyringField
from .list_rows import ListField
from .service_models import StageField, VoiceField
from .setting_fields import Bench, Field, SettingField, setting_field
from .setting_row import SettingRow, label
from .tools_page import ToolsPart

MARGIN = 28
NARROW_MARGIN = 16
STAGES: Mapping[str, StageSetting] = {"stt": "stt", "llm": "llm", "tts": "tts"}


class PageSection:
    """One group: its heading, its rows, and the advanced ones below a heading of their own."""

    def __init__(self, group: Group, fields: Sequence[Field], advanced: Sequence[Field]) -> None:
        self.group = group
        self.title = label(shown(group.label), "text", 18, QFont.Weight.DemiBold)
        self.help = label(shown(group.help), "quiet", 13)
        self.advanced_title = label(shown("Advanced"), "quiet", 13, QFont.Weight.DemiBold)
        self._fields, self._advanced = list(fields), advanced

    @property
    def fields(self) -> Sequence[Field]:
        return [*self._fields, *self._advanced]

    def add_to(self, layout: QVBoxLayout) -> None:
        self.title.setContentsMargins(0, 20, 0, 4)
        self.help.setContentsMargins(0, 0, 0, 8)
        self.advanced_title.setContentsMargins(0, 20, 0, 0)
        self._layout = layout
        layout.addWidget(self.title)
        layout.addWidget(self.help)
        for field in self._fields:
            layout.addWidget(field.row)
        layout.addWidget(self.advanced_title)
        for field in self._advanced:
            layout.addWidget(field.row)

    def insert(self, field: Field, before: Field) -> None:
        """Another row, after `add_to`."""
        self._fields.insert(self._fields.index(before), field)
        self._layout.insertWidget(self._layout.indexOf(before.row), field.row)

    def put(self, field: Field, head: Field, index: int) -> None:
        """Another row, or one that was elsewhere, below that of `head` and `index` others. Shown by `show_rows`."""
        if field in self._fields:
            self._fields.remove(field)
            self._layout.removeWidget(field.row)
        else:
            field.row.hide()
        self._fields.insert(self._fields.index(head) + 1 + index, field)
        self._layout.insertWidget(self._layout.indexOf(head.row) + 1 + index, field.row)

    def take(self, field: Field) -> None:
        """A row that is not needed any more."""
        self._fields.remove(field)
        field.row.hide()
        self._layout.removeWidget(field.row)
        field.row.deleteLater()

    def show_rows(self, wanted: Callable[[SettingRow], bool]) -> int:
        """Shows the wanted ones, with headings where there are any; returns how many."""
        shown = [field for field in self.fields if field.row.relevant and wanted(field.row)]
        for field in self.fields:
            field.row.setVisible(field in shown)
        for heading in (self.title, self.help):
            heading.setVisible(bool(shown))
        self.advanced_title.setVisible(any(field in shown for field in self._advanced))
        return len(shown)


class Page(QScrollArea):
    """The right side of the sheet."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self._wanted: tuple[Group | None, list[str]] = (Group.CONVERSATION, [])
        self.keys = [self._key(service) for service in bench.session.services() if service.takes_key]
        self._keyring = KeyringField(bench)
        self._tools = ToolsPart(bench, self._relay)
        self.sections = [self._section(group) for group in Group]
        self.nothing = label("", "quiet", 15)
        self.nothing.setContentsMargins(0, 20, 0, 0)
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setSpacing(0)
        for section in self.sections:
            section.add_to(self._layout)
        self._layout.addWidget(self.nothing)
        self._layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.show_settings(bench.session.settings)
        self.show_group(Group.CONVERSATION)

    def look(self) -> None:
        """Asks where the keys are, and for what else is not known at once."""
        for field in self.keys:
            field.look()
        self._tools.look(self.section(Group.TOOLS))

    def close_lists(self) -> None:
        """The page is not shown any more: nothing changes on it."""
        self._tools.end()

    def add_services(self) -> None:
        """Rows for the keys of services that were found since."""
        known = {field.service for field in self.keys}
        section = self.section(Group.SERVICES)
        for service in self._bench.session.services():
            if service.takes_key and service.name not in known:
                field = self._key(service)
                self.keys.append(field)
                section.insert(field, self._keyring)
                field.look()
        self._arrange()

    def show_settings(self, settings: Settings) -> None:
        for section in self.sections:
            for field in section.fields:
                field.show(settings)
        self._show_wanted()

    def show_old(self, why: str) -> None:
        """The lists of models could not be made new."""
        old = shown("{help} The lists of models may be old: {why}", help=shown(Group.SERVICES.help), why=why)
        self.section(Group.SERVICES).help.setText(old)

    def section(self, group: Group) -> PageSection:
        return next(section for section in self.sections if section.group is group)

    def show_group(self, group: Group) -> None:
        self._wanted = (group, [])
        self._show_wanted()
        self.verticalScrollBar().setValue(0)

    def search(self, text: str) -> None:
        """Of all groups, what has all the words in its label or help."""
        self._wanted = (None, text.casefold().split())
        self.nothing.setText(shown("No setting is called “{words}”.", words=text.strip()))
        self._show_wanted()
        self.verticalScrollBar().setValue(0)

    def show_key(self, service: str) -> None:
        """Where the key of a service is entered, ready to type."""
        for field in self.keys:
            if field.service == service:
                field.open_form()

    def give_up(self, group: Group) -> None:
        """Forgets what was typed into a group and not applied yet."""
        for field in self.section(group).fields:
            field.give_up()

    def parts(self) -> Sequence[QWidget]:
        """What is in its rows, from top to bottom, wherever rows were put in later."""
        return [w for section in self.sections for field in section.fields for w in field.row.findChildren(QWidget)]

    def refused(self) -> tuple[Group, SettingField] | None:
        """Where a text stands that was not accepted, if there is one."""
        fields = ((section.group, field) for section in self.sections for field in section.fields)
        return next(((group, f) for group, f in fields if isinstance(f, SettingField) and f.refused), None)

    def typed(self) -> bool:
        """Something stands in it that is not applied yet: a text, a number, a key."""
        keys = any(key.form.field.text() for key in self.keys)
        return keys or any(control.typed() for control in self.findChildren(Control))

    def show_fault(self, field: SettingField) -> None:
        """Leads to a text that was not accepted: to what is said of it, and to the place in it that is meant."""
        field.control.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(field.control, LongControl):
            field.control.go_to_fault()
        self._reveal(field.control)
        self._reveal(field.row.notice)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        margin = MARGIN if self.width() >= 480 + 2 * MARGIN else NARROW_MARGIN
        bar = self.width() - self.viewport().width()
        self._layout.setContentsMargins(margin, 0, margin - bar, 12)  # the rows do not move when the bar appears
        for section in self.sections:
            for field in section.fields:
                field.row.arrange(self.width() - 2 * margin)

    def _show_wanted(self) -> None:
        group, words = self._wanted
        shown = 0
        for section in self.sections:
            if group is None:
                shown += section.show_rows(lambda row: row.matches(words))
            else:
                shown += section.show_rows((lambda row: True) if section.group is group else (lambda row: False))
        self.nothing.setVisible(not shown)

    def _reveal(self, widget: QWidget) -> None:
        """Scrolls to what has just appeared, when it has its place."""
        QTimer.singleShot(0, widget, lambda: self.ensureWidgetVisible(widget, 0, 24))

    def _relay(self) -> None:
        """There are other rows."""
        self.show_settings(self._bench.session.settings)
        self._arrange()

    def _keys_known(self) -> None:
        self.show_settings(self._bench.session.settings)

    def _key(self, service: ServiceInfo) -> KeyField:
        return KeyField(self._bench, service, self._keys_known, self._reveal)

    def _section(self, group: Group) -> PageSection:
        plain: list[Field] = []
        advanced: list[Field] = []
        for each in (each.in_words() for each in declared()):
            if each.group is not group:
                continue
            if each.name in STAGES:
                plain.append(StageField(self._bench, each, STAGES[each.name]))
            elif each.name in ("voice", "cloud_voice"):
                plain.append(VoiceField(self._bench, each))
            elif each.name in ("use_tools", "mcp_servers"):
                plain.append(self._tools.use if each.name == "use_tools" else self._tools.servers)
            else:
                (advanced if each.advanced else plain).append(setting_field(self._bench, each))
        if group is Group.SERVICES:
            plain[3:3] = [*self.keys, self._keyring]
        if group is Group.APPEARANCE:
            plain.append(ListField(self._bench, shown("Keys"), shortcut_lines()))
        if group is Group.TOOLS:
            plain[1:1] = [self._tools.own]
            plain.append(self._tools.memory)
        return PageSection(group, plain, advanced)
