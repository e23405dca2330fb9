//! Two columns of text: a name and what it is.

/// Lines of `name  value`, the values under each other.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<(String, String)>,
}

impl Table {
    /// Adds a line.
    pub fn row(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.rows.push((name.into(), value.into()));
        self
    }

    /// The lines, indented by two.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        self.rows.iter().map(move |(name, value)| {
            let gap = width - name.chars().count();
            format!("  {}{} {value}", crate::paint::in_style(crate::paint::DIM, name), " ".repeat(gap + 1))
        })
    }
}
