"""Text as it is shown, spoken and made safe: Markdown, sentences, numbers, formulas, what models wrote."""
