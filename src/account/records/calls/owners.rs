//! The calls of `/api/owners/`, and the filters of its list.

use std::cell::OnceCell;

use crate::account::Account;
use crate::account::base::ids::LinkNumber;
use crate::account::links::body::Resume;
use crate::account::records::calls::{Retrieval, Retrieved};
use crate::account::records::reading::RecordReader;
use crate::account::records::{LinkedRecord, RecordIndex};
use crate::account::request::context::CallContext;
use crate::account::request::filter::{
    EQUAL, EQUAL_OR_IN, Field, Filter, ICONTAINS, Listed, TIMES, Value, ValueKind,
};
use crate::account::request::projection::Projected;
use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::link::{Resource, Status};
use crate::model::owner::{Owner, Person};
use crate::model::page::Page;

const RESOURCE: Resource = Resource::Owners;

/// An owner with the keys that the client asked for.
type Shown<'a> = Projected<'a, Owner<'a>>;

/// The list of owners.
pub(in crate::account) struct Owners;

/// An owner of the list. The person is read only where a filter asks for it, because that takes as
/// long as the reading of an employment record.
pub(in crate::account) struct ListedOwner<'a> {
    found: LinkedRecord<'a>,
    reader: RecordReader<'a>,
    person: OnceCell<Person>,
}

impl ListedOwner<'_> {
    fn person(&self) -> &Person {
        self.person.get_or_init(|| self.reader.owner(self.found.record))
    }
}

impl Listed for Owners {
    type Object<'a> = ListedOwner<'a>;
    type Index = RecordIndex;
}

/// The filters of the list of owners.
pub(in crate::account) const FIELDS: &[Field<Owners>] = &[
    Field {
        name: "id",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |owner| Value::Uuid(owner.found.record.id),
        index: Some(RecordIndex::Id),
    },
    Field {
        name: "link",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |owner| Value::Uuid(owner.found.link.id),
        index: Some(RecordIndex::Link),
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |owner| Value::Time(owner.found.record.created_at),
        index: Some(RecordIndex::CreatedAt),
    },
    Field {
        name: "email",
        kind: ValueKind::Text,
        operators: EQUAL,
        value: |owner| text_or_null(owner.person().email.as_deref()),
        index: None,
    },
    Field {
        name: "display_name",
        kind: ValueKind::Text,
        operators: ICONTAINS,
        value: |owner| text_or_null(owner.person().display_name.as_deref()),
        index: None,
    },
];

fn text_or_null(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

impl Account {
    /// `POST /api/owners/`: reads the person of a link.
    pub(crate) fn retrieve_owners<'a>(
        &'a mut self,
        context: &mut CallContext,
        body: &[u8],
        query: &'a Query,
    ) -> Result<Retrieved<Vec<Shown<'a>>>, Error> {
        let (retrieval, token) = Retrieval::parse(body, |fields| fields.blankable_text("token"))?;
        let number = self.link_to_retrieve(&retrieval, RESOURCE)?;
        let waits = self.known_link(number).status == Status::TokenRequired;
        self.logins().log_in_with(Some(context), number, token.as_deref())?;
        if waits {
            // A link that needs a token is not refreshed until it has one.
            self.plan_refresh(number);
        }
        Ok(self.read_owners(number, retrieval.save_data, query))
    }

    /// `PATCH /api/owners/`: continues a login that waits for its token, and reads the person of the
    /// link.
    pub(crate) fn resume_owners<'a>(
        &'a mut self,
        context: &mut CallContext,
        body: &[u8],
        query: &'a Query,
    ) -> Result<Retrieved<Vec<Shown<'a>>>, Error> {
        let resume = Resume::parse(body)?;
        let number = self.resume(context, &resume)?;
        Ok(self.read_owners(number, resume.save_data, query))
    }

    /// `GET /api/owners/`.
    pub(crate) fn list_owners<'a>(&'a self, query: &'a Query) -> Result<Page<Shown<'a>>, Error> {
        let filter = Filter::<Owners>::parse(FIELDS, query)?;
        let records = self.indexed_records(RESOURCE);
        let listed = |number| ListedOwner {
            found: self.linked_record(RESOURCE, number),
            reader: self.reader(),
            person: OnceCell::new(),
        };
        filter.select(&records).page(query, self.settings.page_size, listed, |owner| {
            query.select(self.reader().show_owner(owner.found.record))
        })
    }

    /// `GET /api/owners/{id}/`.
    pub(crate) fn owner<'a>(&'a self, id: &str, query: &'a Query) -> Result<Shown<'a>, Error> {
        Ok(query.select(self.reader().show_owner(self.record(RESOURCE, id)?)))
    }

    /// `DELETE /api/owners/{id}/`.
    pub(crate) fn delete_owner(&mut self, id: &str) -> Result<(), Error> {
        self.delete_record(RESOURCE, id)
    }

    fn read_owners<'a>(
        &'a mut self,
        number: LinkNumber,
        save_data: bool,
        query: &'a Query,
    ) -> Retrieved<Vec<Shown<'a>>> {
        let (records, _) = self.read_now(number, RESOURCE, false, save_data);
        let shown = records.iter().map(|record| query.select(self.reader().show_owner(record)));
        let shown = shown.collect();
        if save_data { Retrieved::New(shown) } else { Retrieved::Known(shown) }
    }
}
