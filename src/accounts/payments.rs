//! The rows as payments between accounts: what a social accounting matrix adds up.

use super::route::{burnt, revenues};
use super::rows::*;
use super::total::received;
use crate::expr::{Dag, NodeId};
use crate::model::Economy;
use rustc_hash::FxHashMap;

/// An account: it receives by its row and pays by its column. Their order is that of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    Activity(ActivityId),
    Good(CommodityId),
    Factor(CommodityId),
    /// What an industry's markup leaves its owners.
    Rent(ActivityId),
    /// What wedges on purchases leave to an agent.
    Taxes(AgentId),
    Household(AgentId),
    /// Income of a household without demand.
    NotSpent,
    World(AgentId),
    Outside(AgentId),
}

/// One payment, in units of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    pub receives: Account,
    pub pays: Account,
    pub value: NodeId,
}

/// All payments. An activity that follows one commodity is no account: whoever takes that commodity pays for what the activity takes.
pub fn payments(accounts: &Accounts, economy: &mut Economy) -> Vec<Payment> {
    if accounts.is_empty() {
        return Vec::new();
    }
    let mut book = Book { a: accounts, dag: &mut economy.dag, out: Vec::new(), elastic: FxHashMap::default() };
    for (id, entry) in accounts.entries() {
        // Who follows another's need is no account: whoever needs it pays for what it takes.
        if matches!(accounts.activity(entry.by).level, Level::Follows(_)) {
            continue;
        }
        let Some(account) = book.of_activity(entry.by) else { continue };
        let terms: Vec<NodeId> = received(accounts, book.dag, id).iter().map(|t| t.quantity(book.dag)).collect();
        let quantity = book.dag.sum(&terms);
        match entry.side {
            Side::Takes => book.buy(account, id, quantity),
            Side::Gives => book.sell(account, id, quantity),
        }
    }
    for (_, e) in accounts.endowments() {
        let owner = book.of_agent(e.agent);
        if let Supply::Fixed(amount) = e.amount {
            let (amount, price) = (book.dag.sym(amount), book.dag.sym(accounts.commodity(e.commodity).price.sym()));
            let value = book.dag.mul(price, amount);
            book.pay(owner, Account::Factor(e.commodity), value);
        }
    }
    for t in accounts.transfers() {
        book.hand_on(t);
    }
    book.out
}

struct Book<'a> {
    a: &'a Accounts,
    dag: &'a mut Dag,
    out: Vec<Payment>,
    /// Who sells a commodity in any amount at its price.
    elastic: FxHashMap<CommodityId, AgentId>,
}

impl Book<'_> {
    fn pay(&mut self, receives: Account, pays: Account, value: NodeId) {
        if !self.dag.is_zero(value) {
            self.out.push(Payment { receives, pays, value });
        }
    }

    fn of_agent(&self, id: AgentId) -> Account {
        match self.a.agent(id).who {
            Who::Household(_) => Account::Household(id),
            Who::Outside(_) => Account::Outside(id),
            Who::World => Account::World(id),
        }
    }

    fn of_activity(&self, id: ActivityId) -> Option<Account> {
        let activity = self.a.activity(id);
        match activity.what {
            Doing::Make(_) => Some(Account::Activity(id)),
            Doing::Consume | Doing::Abroad(_) => Some(self.of_agent(activity.owner)),
            Doing::Tasks(_) | Doing::Ship { .. } | Doing::Blend { .. } => None,
        }
    }

    /// The owner of a factor that is sold in any amount at a given price.
    fn elastic_owner(&mut self, commodity: CommodityId) -> Option<AgentId> {
        if let Some(&owner) = self.elastic.get(&commodity) {
            return Some(owner);
        }
        let mut endowments = self.a.commodity(commodity).supply.endowments.iter().map(|i| self.a.endowment(*i));
        let owner = endowments.find(|e| e.amount == Supply::Elastic)?.agent;
        self.elastic.insert(commodity, owner);
        Some(owner)
    }

    /// The user pays the market, and each wedge of the route what it takes in.
    fn buy(&mut self, buyer: Account, entry: EntryId, quantity: NodeId) {
        let accounts = self.a;
        let commodity = accounts.entry(entry).commodity;
        for revenue in revenues(accounts, self.dag, entry) {
            let factors: Vec<NodeId> = revenue.each.iter().copied().chain([quantity]).collect();
            let value = self.dag.prod(&factors);
            let owner = self.of_agent(revenue.to);
            self.pay(Account::Taxes(revenue.to), buyer, value);
            self.pay(owner, Account::Taxes(revenue.to), value);
        }
        let factors: Vec<NodeId> = burnt(accounts, entry).into_iter().chain([quantity]).collect();
        let quantity = self.dag.prod(&factors);
        let maker = accounts.commodity(commodity).supply.entries.iter().map(|e| accounts.entry(*e).by);
        let follows = maker.into_iter().find(|m| accounts.activity(*m).level == Level::Follows(commodity));
        if let Some(maker) = follows {
            for &input in &accounts.activity(maker).entries {
                let row = accounts.entry(input);
                let (Side::Takes, Amount::PerUnit(units)) = (row.side, row.amount) else { continue };
                let used = self.dag.mul(units, quantity);
                self.buy(buyer, input, used);
            }
            return;
        }
        let price = self.dag.sym(accounts.commodity(commodity).price.sym());
        let value = self.dag.mul(price, quantity);
        let seller = match self.elastic_owner(commodity) {
            Some(owner) => self.of_agent(owner),
            None => self.of_commodity(commodity),
        };
        self.pay(seller, buyer, value);
    }

    fn of_commodity(&self, id: CommodityId) -> Account {
        match self.a.commodity(id).what {
            What::Good(_) | What::Variety { .. } | What::Composite(_) => Account::Good(id),
            What::Factor(_) | What::Bundle(_) => Account::Factor(id),
        }
    }

    /// The market pays the seller, who pays on what each wedge of the route takes.
    fn sell(&mut self, seller: Account, entry: EntryId, quantity: NodeId) {
        let row = self.a.entry(entry);
        let sales = self.dag.mul(row.paid, quantity);
        let market = self.of_commodity(row.commodity);
        self.pay(seller, market, sales);
        for revenue in revenues(self.a, self.dag, entry) {
            let factors: Vec<NodeId> = revenue.each.iter().copied().chain([quantity]).collect();
            let rent = self.dag.prod(&factors);
            let (account, owner) = (Account::Rent(row.by), self.of_agent(revenue.to));
            self.pay(account, seller, rent);
            self.pay(owner, account, rent);
        }
    }

    /// An agent hands on all that it has received.
    fn hand_on(&mut self, t: &Transfer) {
        let from = self.of_agent(t.from);
        let received: Vec<NodeId> = self.out.iter().filter(|p| p.receives == from).map(|p| p.value).collect();
        let value = self.dag.sum(&received);
        let to = t.to.map(|a| self.of_agent(a));
        match (t.passing, to) {
            (Passing::Spends, Some(to)) => self.pay(to, from, value),
            (Passing::Spends, None) => {}
            (Passing::Unspent, to) => {
                self.pay(Account::NotSpent, from, value);
                if let Some(to) = to {
                    self.pay(to, Account::NotSpent, value);
                }
            }
        }
    }
}
