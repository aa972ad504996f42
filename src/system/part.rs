//! What the terms of a sum are: the rows of the accounts that a system remembers it was lowered from.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A commodity of the accounts.
    CommodityId,
    /// An activity of the accounts.
    ActivityId,
    /// An agent of the accounts.
    AgentId,
    /// A tree of the accounts.
    TreeId,
    /// An entry of the accounts.
    EntryId,
    /// A route of the accounts.
    RouteId,
    /// A wedge of the accounts.
    WedgeId,
    /// An endowment of the accounts.
    EndowmentId,
    /// A margin of the accounts.
    MarginId,
}

/// What a sum adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whole {
    /// What is brought to a commodity's market; by the activities of one agent alone, where there are others.
    Supply(CommodityId, Option<AgentId>),
    /// What is taken of a commodity; by the activities of one agent alone, where there are others.
    Taken(CommodityId, Option<AgentId>),
    /// All that an agent receives.
    Income(AgentId),
}

/// One term of such a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// What an entry moves; where its activity follows another's need, for the entry `by` that needs it.
    Moved { entry: EntryId, by: EntryId },
    /// What an agent owns.
    Owned(EndowmentId),
    /// What a wedge on an entry leaves to the agent, for the entry `by` that needs what moves there.
    Revenue { entry: EntryId, by: EntryId, wedge: WedgeId },
}

/// A sum of which every term is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub whole: Whole,
    /// For each term of the sum, in its order.
    pub list: Vec<Part>,
}
