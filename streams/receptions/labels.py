"""Words about a reception, in the reader's language."""

from django.utils.translation import gettext_lazy as _

# Why new questions are not taken for a while (`rules.PAUSES`): whole sentences, for viewers.
PAUSES = {
    "catching_up": _("Very many have come in; those who asked first are answered now."),
    "flood": _("Too many messages come in that are no questions."),
    "technical": _("There is a technical fault; it is being put right."),
    "break": _("The broadcast has a break."),
}
