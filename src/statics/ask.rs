//! Questions to the algebra engine within one time budget, answers or diagnostics.

use crate::algebra::clock;
use crate::algebra::{Collected, Engine, Factored, Failure, Formula, Reply, Task};
use crate::diag::Diagnostic;
use std::cell::Cell;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The algebra engine with a budget for all that one command asks of it: processor time, the engine's and this thread's own.
pub struct Ask<'a> {
    engine: &'a Engine,
    interrupt: &'a AtomicBool,
    /// This thread's clock at the start.
    started: Duration,
    /// What the engine has used.
    spent: Cell<Duration>,
    limit: Duration,
    whole: Option<&'a Ask<'a>>,
}

impl<'a> Ask<'a> {
    pub fn new(engine: &'a Engine, limit: Duration, interrupt: &'a AtomicBool) -> Ask<'a> {
        Ask { engine, interrupt, started: clock::thread(), spent: Cell::default(), limit, whole: None }
    }

    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// What is left of the budget; a little always is, so that a late question fails with the engine's own words.
    pub fn left(&self) -> Duration {
        let own = clock::thread().saturating_sub(self.started);
        self.limit.saturating_sub(own + self.spent.get()).max(Duration::from_millis(50))
    }

    /// Whether the budget is used up.
    pub fn is_over(&self) -> bool {
        clock::thread().saturating_sub(self.started) + self.spent.get() >= self.limit
    }

    /// A question with a budget of its own within this one.
    pub fn part(&'a self, limit: Duration) -> Ask<'a> {
        let limit = limit.min(self.left());
        Ask { limit, spent: Cell::default(), started: clock::thread(), whole: Some(self), ..*self }
    }

    pub fn tasks(&self, tasks: &[Task]) -> Result<Vec<Reply>, Diagnostic> {
        self.within(tasks, self.left())
    }

    /// The same with a smaller limit than the budget, for what can be done without.
    pub fn within(&self, tasks: &[Task], limit: Duration) -> Result<Vec<Reply>, Diagnostic> {
        let (answer, spent) = self.engine.timed(tasks, limit.min(self.left()), self.interrupt);
        self.charge(spent);
        answer.map_err(|e| (&e).into())
    }

    pub fn factor(&self, formula: Formula) -> Result<Factored, Diagnostic> {
        let mut replies = self.tasks(&[Task::Factor { formula }])?;
        one(&mut replies).factored().map_err(|f| failed(&f))
    }

    /// Each formula factored, in one request; what has no answer is left out of it.
    pub fn factor_all(&self, formulas: Vec<Formula>) -> Result<Vec<Option<Factored>>, Diagnostic> {
        let tasks: Vec<Task> = formulas.into_iter().map(|formula| Task::Factor { formula }).collect();
        Ok(self.tasks(&tasks)?.into_iter().map(|r| r.factored().ok()).collect())
    }

    /// Each polynomial factored, for the judge of signs.
    pub fn factors(&self, polys: &[crate::algebra::Poly]) -> Result<Vec<Factored>, crate::algebra::AlgebraError> {
        let (answer, spent) = self.engine.factor(polys, self.left(), self.interrupt);
        self.charge(spent);
        answer
    }

    fn charge(&self, spent: Duration) {
        self.spent.set(self.spent.get() + spent);
        if let Some(whole) = self.whole {
            whole.charge(spent);
        }
    }

    pub fn collect_all(&self, questions: Vec<(Formula, Vec<u32>)>) -> Result<Vec<Option<Collected>>, Diagnostic> {
        let tasks: Vec<Task> = questions.into_iter().map(|(formula, atoms)| Task::Collect { formula, atoms }).collect();
        Ok(self.tasks(&tasks)?.into_iter().map(|r| r.collected().ok()).collect())
    }
}

/// The first answer.
pub fn one(replies: &mut Vec<Reply>) -> Reply {
    if replies.is_empty() { Reply::Failed(Failure::Internal("no answer".to_string())) } else { replies.remove(0) }
}

/// The code of what the conditions leave open.
pub const OPEN: &str = "A052";

/// A task without an answer as a diagnostic.
pub fn failed(failure: &Failure) -> Diagnostic {
    match failure {
        Failure::Singular => Diagnostic::new(OPEN, "the log-linear system has no unique solution in this regime")
            .help("the active equations leave something free; `solve` says what"),
        Failure::DivisionByZero => Diagnostic::new("A053", "the formula divides by something that is zero here"),
        Failure::TooLarge => {
            Diagnostic::new("A054", "the formula outgrows what can be worked with").help("ask for it `in terms of` intermediate quantities")
        }
        other => Diagnostic::new("A071", format!("the algebra engine could not answer: {other:?}")),
    }
}
