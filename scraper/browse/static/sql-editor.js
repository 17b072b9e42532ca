/* Datasette's SQL editor, which its own template starts by an inline script. */
"use strict";

const input = document.getElementById("sql-editor");
const format = document.getElementById("sql-format");
if (input) {
  const editor = CodeMirror.fromTextArea(input, { lineNumbers: true, mode: "text/x-sql", lineWrapping: true });
  editor.setOption("extraKeys", { "Shift-Enter": () => input.form.submit(), Tab: false });
  cmResize(editor, { resizableWidth: false });
  if (format) {
    format.hidden = false;
    format.addEventListener("click", () => editor.setValue(sqlFormatter.format(editor.getValue())));
  }
}
