"""What Django says itself on our pages and hasn't in Kazakh: at the sign-in, in forms, in `/manage/`.

Named here so that it is collected and translated with our own texts, which go before Django's.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

TEXTS = (
    _("%(app)s administration"),
    _("%(model_name)s with this %(field_labels)s already exists."),
    _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
    _("Add another %(model)s"),
    _("Add link"),
    _("Added {name} “{object}”."),
    _("Added “%(object)s”."),
    _("Added."),
    _("Added:"),
    _("Addition"),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("Breadcrumbs"),
    _("Change or view list link"),
    _("Change selected %(model)s"),
    _("Change:"),
    _("Changed {fields} for {name} “{object}”."),
    _("Changed {fields}."),
    _("Changed “%(object)s” — %(changes)s"),
    _("Changed:"),
    _("Clear all filters"),
    _("Constraint “%(name)s” is violated."),
    _("Currently:"),
    _("Delete selected %(model)s"),
    _("Deleted {name} “{object}”."),
    _("Deleted “%(object)s.”"),
    _("Deleted:"),
    _(
        "Deleting %(class_name)s %(instance)s would require deleting the following protected related objects: %(related_objects)s"
    ),
    _("Deletion"),
    _("Disable password-based authentication"),
    _("Disabled"),
    _("Empty"),
    _("Enable password-based authentication"),
    _("Enable password-based authentication for this user by setting a password."),
    _("Enabled"),
    _(
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
    ),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _("Enter the same password as before, for verification."),
    _("Error:"),
    _("Filter navigation items"),
    _("Hide counts"),
    _("Model name"),
    _("Models in the %(name)s application"),
    _("My actions"),
    _("No password set."),
    _("No, take me back"),
    _("Not empty"),
    _("Null characters are not allowed."),
    _("Objects"),
    _("Password change"),
    _("Password change successful"),
    _("Password-based authentication"),
    _(
        "Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."
    ),
    _(
        "Please enter the correct %(username)s and password for a staff account. Note that both fields may be case-sensitive."
    ),
    _(
        "Please enter your old password, for security’s sake, and then enter your new password twice so we can verify you typed it in correctly."
    ),
    _("Popup closing…"),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    _("Recent actions"),
    _("Remove from sorting"),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    _("Reset password"),
    _("Save and view"),
    _("Select all objects on this page for an action"),
    _("Select this object for an action - {}"),
    _("Set password"),
    _("Show counts"),
    _("Sidebar"),
    _("Skip to main content"),
    _("Sorting priority: %(priority_number)s"),
    _("Start typing to filter…"),
    _("Summary"),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("The password is too similar to the %(verbose_name)s."),
    _("The two password fields didn’t match."),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _("This password is entirely numeric."),
    _("This password is too common."),
    _("Toggle navigation"),
    _("Toggle sorting"),
    _("Toggle theme (current theme: auto)"),
    _("Toggle theme (current theme: dark)"),
    _("Toggle theme (current theme: light)"),
    _("Value %(value)r is not a valid choice."),
    _("View"),
    _("View %s"),
    _("View selected %(model)s"),
    _("View site"),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    _("Yes, I’m sure"),
    _(
        "You are authenticated as %(username)s, but are not authorized to access this page. Would you like to login to a different account?"
    ),
    _("You don’t have permission to view or edit anything."),
    _("You may edit it again below."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be entirely numeric."),
    _("Your password can’t be too similar to your other personal information."),
    _("algorithm"),
    _("hash"),
    _("iterations"),
    _("salt"),
    _("user"),
)
COUNTED = (
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Please correct the error below.",
        "Please correct the errors below.",
    ),
    ngettext_lazy(
        "Please submit at least %(num)d form.",
        "Please submit at least %(num)d forms.",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
)
# Within a date; Django begins them with a capital.
MONTHS = (
    pgettext_lazy("alt. month", "January"),
    pgettext_lazy("alt. month", "February"),
    pgettext_lazy("alt. month", "March"),
    pgettext_lazy("alt. month", "April"),
    pgettext_lazy("alt. month", "May"),
    pgettext_lazy("alt. month", "June"),
    pgettext_lazy("alt. month", "July"),
    pgettext_lazy("alt. month", "August"),
    pgettext_lazy("alt. month", "September"),
    pgettext_lazy("alt. month", "October"),
    pgettext_lazy("alt. month", "November"),
    pgettext_lazy("alt. month", "December"),
)
