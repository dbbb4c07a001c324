"""The composition root: makes the parts that the settings name, puts them together, runs the programs built of them.

| who makes what | where |
| --- | --- |
| settings and profile | `composition.load_program` |
| models, connections to services, fallbacks (`Services`) | `composition.build_services`, from `providers.registry` |
| tools, database, recorder, reminders, MCP servers | `tools.Toolkit` |
| what tools may do with the program itself | `program_control.ProgramHost` |
| loading, again whenever the settings ask for something else | `loading.Loading` |
| sound and conversation | `desktop_session.DesktopSession`; in the terminal: `terminal.talk`, `terminal.ask` |
| the server's parts: conversations; stages for requests | `serve.server_parts`; `served_stages` |
| what can be chosen, downloaded, heard before it is chosen | `choices`, `services.load_catalogue`, `voice_preview` |
"""
