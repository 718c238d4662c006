package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/deskhook/deskhook/plugin"
)

// role is what its workers may do.
type role struct {
	ID          int64
	Name        string `gorm:"size:64;uniqueIndex"`
	Permissions string `gorm:"size:255"` // of plugins, separated by blanks
	Setup       bool   // the helpdesk's own permission
	// Administrators marks the role that keeps Setup and cannot be deleted.
	Administrators bool `gorm:"default:false"`
}

func (r *role) may(p plugin.Permission) bool { return holds(r.Permissions, string(p)) }

// Names of the roles that a new helpdesk has.
const (
	administrators = "Administrator"
	agents         = "Agent"
)

// ensureRoles makes the roles of a new helpdesk, and gives the administrators'.
func ensureRoles(tx *gorm.DB) (*role, error) {
	var existing int64
	if err := tx.Model(&role{}).Count(&existing).Error; err != nil {
		return nil, err
	}
	if existing == 0 {
		err := tx.Create([]*role{
			{Name: administrators, Permissions: "view payloads edit manage", Setup: true, Administrators: true},
			{Name: agents, Permissions: "view"},
		}).Error
		if err != nil {
			return nil, err
		}
	}
	var admins role
	err := tx.Where("administrators").Take(&admins).Error
	if errors.Is(err, gorm.ErrRecordNotFound) { // of before roles could be changed
		if err = tx.Where("name = ?", administrators).Take(&admins).Error; err == nil {
			admins.Administrators = true
			err = tx.Save(&admins).Error
		}
	}
	return &admins, err
}

func listRoles(ctx context.Context, db *gorm.DB) ([]role, error) {
	var roles []role
	if err := db.WithContext(ctx).Order("name, id").Find(&roles).Error; err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return roles, nil
}

// workersByRole counts them.
func workersByRole(ctx context.Context, db *gorm.DB) (map[int64]int64, error) {
	var rows []struct{ RoleID, Workers int64 }
	err := db.WithContext(ctx).Model(&worker{}).Select("role_id, COUNT(*) AS workers").Group("role_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count the workers of roles: %w", err)
	}
	counts := map[int64]int64{}
	for _, r := range rows {
		counts[r.RoleID] = r.Workers
	}
	return counts, nil
}

// findRole gives a role, or nil.
func findRole(ctx context.Context, db *gorm.DB, id int64) (*role, error) {
	var r role
	err := db.WithContext(ctx).Take(&r, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the role: %w", err)
	}
	return &r, nil
}

// errNameTaken is given where another row has the name.
var errNameTaken = errors.New("the name is taken")

// saveRole creates or changes a role; the administrators' keeps Setup.
func saveRole(ctx context.Context, db *gorm.DB, r *role) error {
	err := administer(ctx, db, func(tx *gorm.DB) error { return tx.Save(r).Error })
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errNameTaken
	}
	return err
}

// deleteRole deletes a role that nobody has.
func deleteRole(ctx context.Context, db *gorm.DB, id int64) error {
	return administer(ctx, db, func(tx *gorm.DB) error {
		var r role
		if err := tx.Take(&r, id).Error; errors.Is(err, gorm.ErrRecordNotFound) {
			return notFound()
		} else if err != nil {
			return err
		}
		var workers int64
		if err := tx.Model(&worker{}).Where("role_id = ?", id).Count(&workers).Error; err != nil {
			return err
		}
		switch {
		case r.Administrators:
			return conflict("The role of the administrators stays.", "")
		case workers > 0:
			return conflict("The role is in use.", "Give its workers another role first.")
		}
		return tx.Delete(&r).Error
	})
}

// administer changes roles or workers, one change at a time on all nodes, so
// that what is checked holds when it is stored: each worker has a role, and at no
// moment is nobody left who can set the helpdesk up.
func administer(ctx context.Context, db *gorm.DB, change func(tx *gorm.DB) error) error {
	return transact(ctx, db, func(tx *gorm.DB) error {
		var locked []int64
		if err := tx.Model(&role{}).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Order("id").Pluck("id", &locked).Error; err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		var roleless, left int64
		err := tx.Model(&worker{}).Where("role_id NOT IN (SELECT id FROM roles)").Count(&roleless).Error
		if err != nil {
			return err
		}
		if roleless > 0 {
			return conflict("The role does not exist any more.", "Choose another one.")
		}
		err = tx.Model(&worker{}).
			Where("NOT disabled AND EXISTS (SELECT 1 FROM roles WHERE roles.id = workers.role_id AND roles.setup)").
			Count(&left).Error
		if err == nil && left == 0 {
			err = conflict("Nobody would be left who can set up the helpdesk.", "Give another worker that permission first.")
		}
		return err
	})
}

// holds tells whether a list that is separated by blanks has a word.
func holds(list, word string) bool {
	return strings.Contains(" "+list+" ", " "+word+" ")
}
