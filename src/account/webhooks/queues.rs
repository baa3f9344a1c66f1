//! Where webhooks go to, and the queue that each receiver has: they do not wait for each other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::account::base::secret::Secret;
use crate::account::webhooks::delivery::DeliveryId;

/// How many attempts one endpoint may have under way, so that a slow receiver cannot use up the
/// sockets.
const MOST_IN_FLIGHT: usize = 32;

/// Where webhooks go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub url: Arc<str>,
    /// The value of the header.
    pub authorization: Option<Secret>,
}

/// The queue of a target.
#[derive(Clone, Debug)]
pub struct Queue {
    pub target: Endpoint,
    /// Whether it gets every event; otherwise it is kept until its last delivery is finished.
    subscribed: bool,
    pub ready: VecDeque<DeliveryId>,
    /// What waits for a later one to be finished.
    pub held: Vec<DeliveryId>,
    pub in_flight: usize,
    /// How many of the live deliveries are its own.
    pub live: usize,
}

/// By their numbers, which are never used twice.
#[derive(Clone, Debug)]
pub struct Queues {
    by_number: BTreeMap<u64, Queue>,
    made: u64,
    most_in_flight: usize,
}

impl Queues {
    pub fn new(targets: &[Endpoint]) -> Queues {
        let mut endpoints =
            Queues { by_number: BTreeMap::new(), made: 0, most_in_flight: MOST_IN_FLIGHT };
        endpoints.subscribe(targets);
        endpoints
    }

    /// From now on these get every event, and no others do. What is on its way stays on it.
    pub fn subscribe(&mut self, targets: &[Endpoint]) {
        for endpoint in self.by_number.values_mut() {
            endpoint.subscribed = false;
        }
        self.by_number.retain(|_, endpoint| endpoint.is_needed());
        for target in targets {
            let number = self.number_of(target);
            self.known(number).subscribed = true;
        }
    }

    /// What gets every event.
    pub fn subscribed(&self) -> impl Iterator<Item = &Endpoint> {
        self.by_number
            .values()
            .filter(|endpoint| endpoint.subscribed)
            .map(|endpoint| &endpoint.target)
    }

    /// The same by number.
    pub fn subscribed_numbers(&self) -> Vec<u64> {
        let subscribed = self.by_number.iter().filter(|(_, endpoint)| endpoint.subscribed);
        subscribed.map(|(number, _)| *number).collect()
    }

    /// The endpoint of a target, which may be new.
    pub fn number_of(&mut self, target: &Endpoint) -> u64 {
        let known = self.by_number.iter().find(|(_, endpoint)| endpoint.target == *target);
        if let Some((number, _)) = known {
            return *number;
        }
        let number = self.made;
        self.made += 1;
        let endpoint = Queue {
            target: target.clone(),
            subscribed: false,
            ready: VecDeque::new(),
            held: Vec::new(),
            in_flight: 0,
            live: 0,
        };
        self.by_number.insert(number, endpoint);
        number
    }

    pub fn get(&self, number: u64) -> Option<&Queue> {
        self.by_number.get(&number)
    }

    pub fn known(&mut self, number: u64) -> &mut Queue {
        self.by_number.get_mut(&number).expect("an endpoint stays as long as it is needed")
    }

    pub fn all(&self) -> impl Iterator<Item = (u64, &Queue)> {
        self.by_number.iter().map(|(number, endpoint)| (*number, endpoint))
    }

    pub fn forget_unneeded(&mut self, number: u64) {
        if self.by_number.get(&number).is_some_and(|endpoint| !endpoint.is_needed()) {
            self.by_number.remove(&number);
        }
    }

    /// Nothing is under way any more.
    pub fn let_go(&mut self) {
        for endpoint in self.by_number.values_mut() {
            endpoint.in_flight = 0;
        }
    }

    /// Whether an endpoint gets one webhook at a time, each when the one before it was answered.
    pub fn send_in_order(&mut self, in_order: bool) {
        self.most_in_flight = if in_order { 1 } else { MOST_IN_FLIGHT };
    }

    /// Takes the next delivery that can be sent, and the number of its endpoint.
    pub fn pop_ready(&mut self) -> Option<(u64, DeliveryId)> {
        let most = self.most_in_flight;
        let (number, endpoint) =
            self.by_number.iter_mut().find(|(_, endpoint)| endpoint.can_send(most))?;
        Some((*number, endpoint.ready.pop_front()?))
    }

    /// Whether [`Queues::pop_ready`] has something.
    pub fn can_send(&self) -> bool {
        self.by_number.values().any(|endpoint| endpoint.can_send(self.most_in_flight))
    }

    /// Whether nothing is being sent and nothing could be sent now.
    pub fn are_idle(&self) -> bool {
        self.by_number.values().all(Queue::is_idle)
    }

    /// Whether a webhook waits for the next one.
    pub fn hold_one(&self) -> bool {
        self.by_number.values().any(|endpoint| !endpoint.held.is_empty())
    }
}

impl Queue {
    fn can_send(&self, most_in_flight: usize) -> bool {
        self.in_flight < most_in_flight && !self.ready.is_empty()
    }

    fn is_idle(&self) -> bool {
        self.in_flight == 0 && self.ready.is_empty()
    }

    pub fn is_needed(&self) -> bool {
        self.subscribed || self.live > 0 || self.in_flight > 0
    }
}
