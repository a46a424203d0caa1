package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/ausmart/platform/services/catalog/product"
)

const columns = "SELECT p.id, p.name, p.description, p.price FROM products p"

// List returns the products that q selects.
func (s *Store) List(ctx context.Context, q product.Query) ([]product.Product, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	limit := q.Limit
	if limit < 0 {
		limit = math.MaxInt32
	}
	where, args := condition(q)
	found, err := s.products(ctx, columns+where+orderBy(q.Order)+" LIMIT ? OFFSET ?", append(args, limit, max(q.Offset, 0))...)
	return found, unavailable("list products", err)
}

// Get returns the product with that id.
func (s *Store) Get(ctx context.Context, id string) (product.Product, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found, err := s.products(ctx, columns+" WHERE p.id = ?", id)
	if err != nil {
		return product.Product{}, unavailable("read product", err)
	}
	if len(found) == 0 {
		return product.Product{}, fmt.Errorf("%w: %q", product.ErrNotFound, id)
	}
	return found[0], nil
}

// Count returns how many products have one of tags; without tags, how many there are.
func (s *Store) Count(ctx context.Context, tags []string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	where, args := condition(product.Query{Tags: tags})
	var n int
	err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM products p"+where, args...).Scan(&n)
	return n, unavailable("count products", err)
}

// Tags returns every tag, by its display name.
func (s *Store) Tags(ctx context.Context) ([]product.Tag, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	tags := []product.Tag{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var t product.Tag
		err := rows.Scan(&t.Name, &t.DisplayName)
		tags = append(tags, t)
		return err
	}, "SELECT name, display_name FROM tags ORDER BY display_name, name")
	return tags, unavailable("list tags", err)
}

// products reads the products of a query, then the tags of all of them at once.
func (s *Store) products(ctx context.Context, query string, args ...any) ([]product.Product, error) {
	found := []product.Product{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		p := product.Product{Tags: []product.Tag{}}
		err := rows.Scan(&p.ID, &p.Name, &p.Description, &p.Price)
		found = append(found, p)
		return err
	}, query, args...)
	if err != nil || len(found) == 0 {
		return found, err
	}
	return found, s.addTags(ctx, found)
}

func (s *Store) addTags(ctx context.Context, products []product.Product) error {
	place := map[string]int{}
	ids := make([]any, len(products))
	for i, p := range products {
		place[p.ID], ids[i] = i, p.ID
	}
	const query = `SELECT pt.product_id, t.name, t.display_name FROM product_tags pt JOIN tags t ON t.name = pt.tag_name
		WHERE pt.product_id IN (%s) ORDER BY t.display_name, t.name`
	return s.each(ctx, func(rows *sql.Rows) error {
		var id string
		var t product.Tag
		err := rows.Scan(&id, &t.Name, &t.DisplayName)
		p := &products[place[id]]
		p.Tags = append(p.Tags, t)
		return err
	}, fmt.Sprintf(query, placeholders(len(ids))), ids...)
}

func (s *Store) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// condition returns the WHERE clause of q.
func condition(q product.Query) (string, []any) {
	var clauses []string
	var args []any
	if len(q.Tags) > 0 {
		clauses = append(clauses, "EXISTS (SELECT 1 FROM product_tags pt WHERE pt.product_id = p.id AND pt.tag_name IN ("+placeholders(len(q.Tags))+"))")
		for _, t := range q.Tags {
			args = append(args, t)
		}
	}
	for _, w := range q.Words {
		clauses = append(clauses, `LOWER(CONCAT(p.name, '\n', p.description)) LIKE ? ESCAPE '!'`)
		args = append(args, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w)+"%")
	}
	if len(clauses) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(clauses, " AND "), args
}

func orderBy(o product.Order) string {
	switch o {
	case product.ByPriceAsc:
		return " ORDER BY p.price, p.id"
	case product.ByPriceDesc:
		return " ORDER BY p.price DESC, p.id"
	default:
		return " ORDER BY p.name, p.id"
	}
}

func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
