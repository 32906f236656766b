//! How the rows of each kind of file are taken in: streamed, or judged as a whole.
//!
//! Deliberately not here: writing them (`imports`), and undoing that (`check`).

use pult_store::{
    Connection, StoreError,
    imports::{Advance, ImportId},
};

use super::{
    Desk, ImportError, ImportKind, Order, agencies, agency_phones, carousel, desk_lists, file, moscow, staff, vilnius,
};

/// What a file's rows go through.
pub(super) enum Way {
    Whole(Whole),
    Agencies(agencies::Agencies),
    AgencyPhones(agency_phones::AgencyPhones),
    VilniusCalls(vilnius::VilniusCalls),
    MoscowCalls(moscow::MoscowCalls),
    Services(carousel::Services),
    People(carousel::People),
    Absences(carousel::Absences),
}

/// A file read and checked cell by cell, to be written in one transaction.
pub(super) struct Whole {
    pub(super) inspected: file::Inspected,
    /// Writes it, as a part of the import of this id.
    pub(super) write: Write,
}

type Write = Box<dyn FnOnce(&Connection, ImportId) -> Result<Taken, StoreError> + Send>;

/// What a whole file came to.
pub(super) struct Taken {
    pub(super) advance: Advance,
    /// The names of what is gone.
    pub(super) removed: Vec<String>,
}

impl Way {
    /// The way of an order's file; one that is judged as a whole has been read then.
    pub(super) async fn of(desk: &Desk, order: &Order) -> Result<Self, ImportError> {
        let at = desk.clock.now();
        Ok(match order.kind {
            ImportKind::Staff => Self::Whole(staff::load(desk, order).await?),
            ImportKind::Agencies => Self::Agencies(agencies::Agencies),
            ImportKind::AgencyPhones => Self::AgencyPhones(agency_phones::AgencyPhones),
            ImportKind::VilniusCalls => Self::VilniusCalls(vilnius::VilniusCalls { zones: desk.zones.clone() }),
            ImportKind::MoscowCalls => Self::MoscowCalls(moscow::MoscowCalls::new(desk.zones.clone())?),
            ImportKind::CarouselGroups | ImportKind::CarouselMembers | ImportKind::CarouselBindings
                if desk.desk_lists =>
            {
                return Err(ImportError::ToldByDesk);
            }
            ImportKind::CarouselServices if desk.desk_lists => Self::Services(carousel::Services { at }),
            ImportKind::CarouselPeople if desk.desk_lists => Self::People(carousel::People { at }),
            ImportKind::CarouselAbsences => {
                let everybody = desk.store.read(pult_store::carousel::employees).await?;
                Self::Absences(carousel::Absences { people: everybody.into_iter().map(|row| row.id).collect() })
            }
            ImportKind::CarouselServices
            | ImportKind::CarouselPeople
            | ImportKind::CarouselGroups
            | ImportKind::CarouselMembers
            | ImportKind::CarouselBindings => Self::Whole(desk_lists::load(desk, order).await?),
        })
    }
}
