/// Text that stands for itself in HTML, also inside an attribute's quotes.
package func escapedForHTML(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}
