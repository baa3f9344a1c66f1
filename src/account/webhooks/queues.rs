//! The endpoints of webhooks and their queues. Endpoints do not wait for each other.
//!
//! The webhooks of a link arrive in order: one is not sent while an earlier one of its link is
//! under way to the same endpoint. A delivery that waits for its retry holds up no other.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;

use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;

/// An endpoint: the URL and the authorization of a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub url: Arc<str>,
    /// The value of the header `Authorization`.
    pub authorization: Option<Secret>,
}

/// The queue of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub target: Endpoint,
    /// True when the endpoint gets every event. Any other is kept until its last delivery is
    /// finished.
    subscribed: bool,
    /// The deliveries that are ready, by their place: at most one of each link, and none of a link
    /// that has an attempt under way.
    ready: OrdMap<Place, (LinkNumber, DeliveryId)>,
    /// The links that have a delivery ready or under way.
    busy: OrdMap<LinkNumber, Busy>,
    /// The deliveries that wait for an earlier one of their link, in order.
    waiting: OrdMap<(LinkNumber, Place), DeliveryId>,
    /// The places of the waiting deliveries.
    places: OrdMap<DeliveryId, Place>,
    next_place: Place,
    first_place: Place,
    /// The deliveries that are held back until a later one is finished.
    pub held: Vec<DeliveryId>,
    /// The deliveries under way, at most one of each link.
    under_way: BTreeMap<LinkNumber, DeliveryId>,
    /// The number of the endpoint's pending deliveries.
    pub live: usize,
}

/// The largest number of endpoints that calls bring an account to. Each call looks at all of them.
pub(crate) const MOST_ENDPOINTS: usize = 100;

/// The order in which deliveries became ready.
type Place = i64;

/// The place of the first delivery of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Busy {
    Ready(Place),
    UnderWay,
}

/// The queues by the numbers of their endpoints. No number is used twice.
#[derive(Clone, Debug)]
pub(crate) struct Queues {
    by_number: BTreeMap<u64, Queue>,
    made: u64,
    /// The largest number of attempts under way to one endpoint.
    limit: usize,
    one_at_a_time: bool,
}

impl Queues {
    pub(crate) fn new(targets: &[Endpoint], limit: usize) -> Queues {
        let mut endpoints =
            Queues { by_number: BTreeMap::new(), made: 0, limit, one_at_a_time: false };
        endpoints.subscribe(targets);
        endpoints
    }

    /// Makes these endpoints get every event, and no others. Pending deliveries keep their
    /// endpoint.
    pub(crate) fn subscribe(&mut self, targets: &[Endpoint]) {
        for endpoint in self.by_number.values_mut() {
            endpoint.subscribed = false;
        }
        self.by_number.retain(|_, endpoint| endpoint.is_needed());
        for target in targets {
            let number = self.number_of(target);
            self.known(number).subscribed = true;
        }
    }

    /// Returns the endpoints that get every event.
    pub(crate) fn subscribed(&self) -> impl Iterator<Item = &Endpoint> {
        self.by_number
            .values()
            .filter(|endpoint| endpoint.subscribed)
            .map(|endpoint| &endpoint.target)
    }

    /// Returns the numbers of the endpoints that get every event.
    pub(crate) fn subscribed_numbers(&self) -> Vec<u64> {
        let subscribed = self.by_number.iter().filter(|(_, endpoint)| endpoint.subscribed);
        subscribed.map(|(number, _)| *number).collect()
    }

    /// Returns the number of an endpoint, which may be new.
    pub(crate) fn number_of(&mut self, target: &Endpoint) -> u64 {
        let known = self.by_number.iter().find(|(_, endpoint)| endpoint.target == *target);
        if let Some((number, _)) = known {
            return *number;
        }
        let number = self.made;
        self.made += 1;
        let endpoint = Queue {
            target: target.clone(),
            subscribed: false,
            ready: OrdMap::new(),
            busy: OrdMap::new(),
            waiting: OrdMap::new(),
            places: OrdMap::new(),
            next_place: 0,
            first_place: 0,
            held: Vec::new(),
            under_way: BTreeMap::new(),
            live: 0,
        };
        self.by_number.insert(number, endpoint);
        number
    }

    /// Returns the number of endpoints, those included that only have pending deliveries.
    pub(crate) fn count(&self) -> usize {
        self.by_number.len()
    }

    /// Tells that an endpoint is known, or that there is room for it.
    pub(crate) fn have_room_for(&self, target: &Endpoint) -> bool {
        self.by_number.len() < MOST_ENDPOINTS
            || self.by_number.values().any(|endpoint| endpoint.target == *target)
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Queue> {
        self.by_number.get(&number)
    }

    pub(crate) fn known(&mut self, number: u64) -> &mut Queue {
        self.by_number.get_mut(&number).expect("an endpoint stays as long as it is needed")
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (u64, &Queue)> {
        self.by_number.iter().map(|(number, endpoint)| (*number, endpoint))
    }

    pub(crate) fn forget_unneeded(&mut self, number: u64) {
        if self.by_number.get(&number).is_some_and(|endpoint| !endpoint.is_needed()) {
            self.by_number.remove(&number);
        }
    }

    /// Returns the deliveries under way.
    pub(crate) fn under_way(&self) -> impl Iterator<Item = DeliveryId> {
        self.by_number.values().flat_map(|endpoint| endpoint.under_way.values().copied())
    }

    /// Forgets all attempts under way. Their deliveries are not sent again unless they are queued.
    pub(crate) fn let_go(&mut self) {
        for endpoint in self.by_number.values_mut() {
            endpoint.let_go();
        }
    }

    /// Sets that each endpoint gets its webhooks one by one, each after the answer to the one
    /// before.
    pub(crate) fn send_in_order(&mut self, in_order: bool) {
        self.one_at_a_time = in_order;
    }

    /// Takes the next delivery to be sent, and marks it as under way. Returns it with the number of
    /// its endpoint.
    pub(crate) fn begin_next(&mut self) -> Option<(u64, DeliveryId)> {
        let most = self.most_in_flight();
        let (number, endpoint) =
            self.by_number.iter_mut().find(|(_, endpoint)| endpoint.can_send(most))?;
        Some((*number, endpoint.begin_next()?))
    }

    /// Tells that [`Queues::begin_next`] has a delivery.
    pub(crate) fn can_send(&self) -> bool {
        let most = self.most_in_flight();
        self.by_number.values().any(|endpoint| endpoint.can_send(most))
    }

    /// Tells that no delivery is being sent and that none is ready.
    pub(crate) fn are_idle(&self) -> bool {
        self.by_number.values().all(Queue::is_idle)
    }

    /// Tells that a webhook is held back until the next one.
    pub(crate) fn hold_one(&self) -> bool {
        self.by_number.values().any(|endpoint| !endpoint.held.is_empty())
    }

    fn most_in_flight(&self) -> usize {
        if self.one_at_a_time { 1 } else { self.limit }
    }
}

impl Queue {
    /// Puts a delivery behind all others of its endpoint.
    pub(crate) fn push_last(&mut self, link: LinkNumber, id: DeliveryId) {
        self.next_place += 1;
        let place = self.next_place;
        match self.busy.get(&link) {
            None => self.make_ready(link, place, id),
            Some(_) => self.wait(link, place, id),
        }
    }

    /// Puts a delivery before all others of its endpoint, unless one of its link is under way.
    pub(crate) fn push_first(&mut self, link: LinkNumber, id: DeliveryId) {
        self.first_place -= 1;
        let place = self.first_place;
        match self.busy.get(&link).copied() {
            None => self.make_ready(link, place, id),
            Some(Busy::UnderWay) => self.wait(link, place, id),
            Some(Busy::Ready(other)) => {
                if let Some((_, first)) = self.ready.remove(&other) {
                    self.wait(link, other, first);
                }
                self.make_ready(link, place, id);
            }
        }
    }

    /// Puts a delivery that was under way back, as if it had not been sent.
    pub(crate) fn put_back(&mut self, link: LinkNumber, id: DeliveryId) {
        self.under_way.remove(&link);
        self.busy.remove(&link);
        self.push_first(link, id);
    }

    /// Takes a delivery out of the queue. It may be under way.
    pub(crate) fn remove(&mut self, link: LinkNumber, id: DeliveryId) {
        self.held.retain(|held| *held != id);
        if let Some(Busy::Ready(place)) = self.busy.get(&link).copied()
            && self.ready.get(&place) == Some(&(link, id))
        {
            self.ready.remove(&place);
            self.next_of(link);
        } else if let Some(place) = self.places.remove(&id) {
            self.waiting.remove(&(link, place));
        }
    }

    /// Ends the attempt of a link.
    pub(crate) fn end(&mut self, link: LinkNumber) {
        self.under_way.remove(&link);
        self.next_of(link);
    }

    /// Returns how often a delivery is in the queue.
    pub(crate) fn places_of(&self, link: LinkNumber, id: DeliveryId) -> usize {
        let ready = self.ready.values().filter(|(_, other)| *other == id).count();
        let waiting = self.places.get(&id).and_then(|place| self.waiting.get(&(link, *place)));
        ready + usize::from(waiting == Some(&id))
    }

    fn begin_next(&mut self) -> Option<DeliveryId> {
        let (place, (link, id)) = *self.ready.get_min()?;
        self.ready.remove(&place);
        self.busy.insert(link, Busy::UnderWay);
        self.under_way.insert(link, id);
        Some(id)
    }

    fn let_go(&mut self) {
        let under_way = std::mem::take(&mut self.under_way);
        under_way.into_keys().for_each(|link| self.next_of(link));
    }

    /// Makes the next delivery of a link ready.
    fn next_of(&mut self, link: LinkNumber) {
        self.busy.remove(&link);
        let all = (link, Place::MIN)..=(link, Place::MAX);
        let next = self.waiting.range(all).next().map(|((_, place), id)| (*place, *id));
        if let Some((place, id)) = next {
            self.waiting.remove(&(link, place));
            self.places.remove(&id);
            self.make_ready(link, place, id);
        }
    }

    fn make_ready(&mut self, link: LinkNumber, place: Place, id: DeliveryId) {
        self.busy.insert(link, Busy::Ready(place));
        self.ready.insert(place, (link, id));
    }

    fn wait(&mut self, link: LinkNumber, place: Place, id: DeliveryId) {
        self.waiting.insert((link, place), id);
        self.places.insert(id, place);
    }

    fn can_send(&self, most_in_flight: usize) -> bool {
        self.under_way.len() < most_in_flight && !self.ready.is_empty()
    }

    fn is_idle(&self) -> bool {
        self.under_way.is_empty() && self.ready.is_empty()
    }

    pub(crate) fn is_needed(&self) -> bool {
        self.subscribed || self.live > 0 || !self.under_way.is_empty()
    }
}
