"""Addresses of the desk pages; staff only, so without a language in the address."""

from django.urls import URLPattern, URLResolver, path

from streams.desk import (
    commands,
    entry_views,
    kept_views,
    mark_views,
    paste_views,
    rail,
    reply_views,
    same_views,
    steps,
    upload_views,
    views,
)

_RAIL = "desk/<slug:no>/rail/"
_QUESTION = "desk/<slug:no>/questions/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/<slug:no>/", views.desk, name="desk"),
    path("desk/<slug:no>/search/", views.search, name="desk_search"),
    path("desk/<slug:no>/entry/", entry_views.type_in, name="desk_entry"),
    path("desk/<slug:no>/paste/", paste_views.paste_in, name="desk_paste"),
    path("desk/<slug:no>/file/", upload_views.choose, name="desk_file"),
    path("desk/<slug:no>/file/<uuid:file>/", upload_views.look, name="desk_upload"),
    path("desk/<slug:no>/kept/", kept_views.kept_comments, name="desk_kept"),
    path("desk/<slug:no>/state/", steps.state, name="desk_state"),
    path(f"{_RAIL}place/", rail.place, name="desk_place"),
    path(f"{_RAIL}suggested/", rail.suggested, name="desk_suggested"),
    path(f"{_RAIL}arrange/", rail.arrange, name="desk_arrange"),
    path(f"{_RAIL}next/", rail.step_on, name="desk_next"),
    path(f"{_RAIL}back/", rail.step_back, name="desk_back"),
    path(f"{_RAIL}note/", rail.note, name="desk_note"),
    path(f"{_RAIL}delay/", rail.delay, name="desk_delay"),
    path(f"{_QUESTION}cue/", rail.cue, name="desk_cue"),
    path(_QUESTION, views.card, name="desk_card"),
    path(f"{_QUESTION}same/", views.same, name="desk_same"),
    path(f"{_QUESTION}beside/", same_views.beside, name="desk_beside"),
    path(f"{_QUESTION}merge-many/", same_views.merge_many, name="desk_merge_many"),
    path(f"{_QUESTION}part/", same_views.part, name="desk_part"),
    path(f"{_QUESTION}unmerge/", same_views.unmerge, name="desk_unmerge"),
    path(f"{_QUESTION}mask/", mark_views.mask, name="desk_mask"),
    path(f"{_QUESTION}urgent/", mark_views.set_urgent, name="desk_urgent"),
    path(f"{_QUESTION}language/", mark_views.set_language, name="desk_language"),
    path(f"{_QUESTION}tag/", mark_views.add_tag, name="desk_add_tag"),
    path(f"{_QUESTION}moves/", commands.move, name="desk_move"),
    path(f"{_QUESTION}undo/", commands.undo, name="desk_undo"),
    path(f"{_QUESTION}text/", commands.edit_text, name="desk_text"),
    path(f"{_QUESTION}tags/", commands.set_tags, name="desk_tags"),
    path(f"{_QUESTION}said/", commands.write_said, name="desk_said"),
    path(f"{_QUESTION}claim/", commands.claim, name="desk_claim"),
    path(f"{_QUESTION}release/", commands.release, name="desk_release"),
    path(f"{_QUESTION}replies/<int:reply>/", reply_views.looked, name="desk_reply"),
    path(f"{_QUESTION}replies/", reply_views.told, name="desk_told"),
    path("desk/<slug:no>/hurry/", reply_views.hurry, name="desk_hurry"),
    path(f"{_QUESTION}contact/", commands.show_contact, name="desk_contact"),
]
