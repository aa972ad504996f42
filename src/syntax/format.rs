use crate::{diag::Diagnostics, syntax::tree::Expr};
pub fn expr_to_string(_e: &Expr) -> String {
    "expr".into()
}
pub fn format(t: &str) -> Result<String, Diagnostics> {
    Ok(t.into())
}
